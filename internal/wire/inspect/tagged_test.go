package inspect

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/value"
)

func obj(members ...value.Value) *value.Object {
	o := &value.Object{}
	for i := 0; i < len(members); i += 2 {
		o.Set(members[i].(string), members[i+1])
	}
	return o
}

func arr(items ...value.Value) *value.Array { return &value.Array{Items: items} }

// samples are values of every kind, by name.
func samples() []struct {
	name string
	v    value.Value
} {
	shared := obj("x", 1.0)
	cycle := obj("name", "round")
	cycle.Set("self", cycle)
	deep := arr()
	deep.Items = append(deep.Items, &value.Map{Entries: [][2]value.Value{{"k", deep}}})
	return []struct {
		name string
		v    value.Value
	}{
		{"null", nil}, {"undefined", value.Undefined{}}, {"true", true}, {"number", 1.5}, {"large", 1e21},
		{"nan", math.NaN()}, {"infinity", math.Inf(1)}, {"minus infinity", math.Inf(-1)}, {"minus zero", math.Copysign(0, -1)},
		{"string", "a\"\u2028\x00é😀"}, {"lone surrogate", "\xed\xa0\x80"}, {"bigint", big.NewInt(-12)},
		{"date", value.Date(1700000000000)}, {"invalid date", value.Date(math.NaN())},
		{"regexp", &value.RegExp{Source: "a+/", Flags: "gi"}},
		{"error", &value.Error{Name: "TypeError", Message: "m", Stack: "s", Fields: obj("code", "x", "$m", big.NewInt(1))}},
		{"bytes", &value.Bytes{Kind: value.Uint16Array, Data: []byte{1, 0, 2, 0}}},
		{"array with holes", arr(1.0, value.Hole{}, value.Hole{}, "x", value.Hole{})},
		{"object", obj("b", 1.0, "a", arr(), "__proto__", nil, "", obj())},
		{"object with $", obj("$date", 1.0, "plain", arr("x"))},
		{"$ as a later key", obj("plain", 1.0, "$ref", "/x")},
		{"null prototype", &value.Object{NullProto: true, Keys: []string{"a"}, Vals: []value.Value{1.0}}},
		{"map", &value.Map{Entries: [][2]value.Value{{obj("k", 1.0), arr(true)}, {math.NaN(), value.Undefined{}}}}},
		{"set", &value.Set{Items: []value.Value{"a", value.Date(1), obj()}}},
		{"shared", obj("a", shared, "b", arr(shared), "m", &value.Map{Entries: [][2]value.Value{{"k", shared}}})},
		{"shared below $", obj("$x", arr(shared), "y", shared)},
		{"shared in an error", arr(&value.Error{Name: "E", Fields: obj("s", shared)}, shared)},
		{"cycle", cycle}, {"cycle through a map", deep},
		{"path that needs escapes", obj("a/b", obj("~", shared), "c", shared)},
	}
}

// same compares values with their identities.
func same(a, b value.Value) bool {
	return bytes.Equal(value.GraphOf(a).Encode(), value.GraphOf(b).Encode())
}

func roundTrip(t testing.TB, v value.Value) []byte {
	t.Helper()
	text, err := json.Marshal(TaggedOf(v))
	if err != nil {
		t.Fatalf("marshal: %v", err)
	}
	var back Tagged
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("unmarshal %s: %v", text, err)
	}
	got, err := back.Value()
	if err != nil {
		t.Fatalf("untag %s: %v", text, err)
	}
	// Dates that JavaScript can't make, minus zero and infinity, come back as ones that it can.
	if !same(v, got) && !strings.Contains(string(text), `{"$date":0}`) && !strings.Contains(string(text), `{"$date":null}`) {
		t.Fatalf("%s is read back as another value", text)
	}
	return text
}

func TestTaggedKeepsEveryValue(t *testing.T) {
	t.Parallel()
	var golden bytes.Buffer
	for _, s := range samples() {
		golden.WriteString(s.name + "\t")
		golden.Write(roundTrip(t, s.v))
		golden.WriteByte('\n')
	}
	testkit.Golden(t, "tagged.txt", golden.Bytes())
}

func TestUntagNamesThePlaceOfAMistake(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"a":{"$date":"x"}}`:                               "at /a: $date needs milliseconds",
		`[1,{"$big":"1.5"}]`:                                "at /1: $big needs decimal digits",
		`{"$cut":{}}`:                                       "at the root: what $cut stands for",
		`{"a":1,"$b":2}`:                                    `the key "$b" is written as`,
		`{"$date":1,"b":2}`:                                 "keys that it can't have",
		`{"a":{"$ref":"/b"},"b":{}}`:                        "at /a: $ref needs the pointer of an object that stands before it",
		`{"$map":[[1]]}`:                                    "at /$map/0: want a pair",
		`{"$obj":[["a",1],["a",2]]}`:                        "there twice",
		`{"$hole":1}`:                                       "$hole stands in arrays alone",
		`[{"$hole":0}]`:                                     "a count of at least 1",
		`[{"$hole":16777215},{"$hole":16777215}]`:           "there can't be so many",
		`{"$bytes":"AAA=","type":"Uint32Array"}`:            "whole elements",
		`{"$bytes":"AAA=","type":"Blob"}`:                   `no type of bytes "Blob"`,
		`{"$what":[]}`:                                      "there is no tag $what",
		`{"$err":{"nope":1}}`:                               "$err has name",
		strings.Repeat(`[`, 999) + strings.Repeat(`]`, 999): "",
	}
	for in, want := range tests {
		var tg Tagged
		if err := json.Unmarshal([]byte(in), &tg); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		_, err := tg.Value()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v; want %q", in, err, want)
		}
	}
}

func TestCutLeavesWhatIsNear(t *testing.T) {
	t.Parallel()
	tree := Tag(obj("a", obj("b", obj("c", 1.0)), "m", &value.Map{Entries: [][2]value.Value{{"k", arr(1.0)}}}, "s", "abcdef", "e", arr(), "l", arr(1.0, 2.0, 3.0)))
	tests := []struct {
		o    CutOptions
		want string
	}{
		{CutOptions{}, `{"a":{"b":{"c":1}},"m":{"$map":[["k",[1]]]},"s":"abcdef","e":[],"l":[1,2,3]}`},
		{CutOptions{Depth: 1}, `{"a":{"$cut":{"kind":"object","size":1,"bytes":19}},"m":{"$cut":{"kind":"map","size":1,"bytes":18}},"s":"abcdef","e":[],"l":{"$cut":{"kind":"array","size":3,"bytes":20}}}`},
		{CutOptions{Depth: 2, String: 3}, `{"a":{"b":{"$cut":{"kind":"object","size":1,"bytes":12}}},"m":{"$map":[["k",{"$cut":{"kind":"array","size":1,"bytes":8}}]]},"s":{"$cut":{"kind":"string","size":6,"bytes":6}},"e":[],"l":[1,2,3]}`},
		{CutOptions{Items: 2}, `{"a":{"b":{"c":1}},"m":{"$map":[["k",[1]]]},"…":{"$cut":{"kind":"members","size":3,"bytes":47}}}`},
	}
	for _, tt := range tests {
		got, err := json.Marshal(Tagged{Cut(tree, tt.o)})
		if err != nil || string(got) != tt.want {
			t.Errorf("%+v: %s (%v)\nwant %s", tt.o, got, err, tt.want)
		}
	}
}

func TestTheRestOfAListIsTold(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{
		`[1,2,3,4]`:                               `[1,2,{"$cut":{"kind":"items","size":2,"bytes":14}}]`,
		`{"$set":[1,2,3]}`:                        `{"$set":[1,2,{"$cut":{"kind":"items","size":1,"bytes":8}}]}`,
		`{"$map":[["a",1],["b",2],["c",3]]}`:      `{"$map":[["a",1],["b",2],{"$cut":{"kind":"items","size":1,"bytes":15}}]}`,
		`[[1,2,3],{"$cut":{"kind":"array"}},"x"]`: `[[1,2,{"$cut":{"kind":"items","size":1,"bytes":8}}],{"$cut":{"kind":"array"}},{"$cut":{"kind":"items","size":1,"bytes":6}}]`,
	} {
		tree, err := value.ParseJSON([]byte(v))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Tagged{Cut(tree, CutOptions{Items: 2})})
		if err != nil || string(got) != want {
			t.Errorf("%s: %s (%v)\nwant %s", v, got, err, want)
		}
	}
}

// FuzzTagged feeds CBOR, the form that reaches most kinds of value.
func FuzzTagged(f *testing.F) {
	for _, s := range samples() {
		if b, err := value.AppendCBOR(nil, s.v); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := value.ParseCBOR(b)
		if err != nil || len(b) > 1<<12 {
			return
		}
		roundTrip(t, value.GraphOf(v).Value())
	})
}

// FuzzUntag feeds text: whatever is read as a value is written and read again as the same.
func FuzzUntag(f *testing.F) {
	for _, s := range samples() {
		b, err := json.Marshal(TaggedOf(s.v))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var tg Tagged
		if len(b) > 1<<12 || json.Unmarshal(b, &tg) != nil {
			return
		}
		if v, err := tg.Value(); err == nil {
			roundTrip(t, value.GraphOf(v).Value())
		}
	})
}
