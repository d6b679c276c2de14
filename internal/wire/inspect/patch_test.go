package inspect

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rivetdev/rivet/internal/value"
)

func parse(t testing.TB, s string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func text(t testing.TB, v value.Value) string {
	t.Helper()
	b, err := json.Marshal(Tagged{v})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDiffIsSmall(t *testing.T) {
	t.Parallel()
	tests := []struct{ a, b, want string }{
		{`{"n":1}`, `{"n":1}`, `null`},
		{`{"n":1}`, `{"n":2}`, `[{"op":"replace","path":"/n","value":2}]`},
		{`{"n":1}`, `{"m":1}`, `[{"op":"remove","path":"/n"},{"op":"add","path":"/m","value":1}]`},
		{`1`, `null`, `[{"op":"replace","path":"","value":null}]`},
		{`[1,2,3]`, `[1,3]`, `[{"op":"remove","path":"/1"}]`},
		{`[1,2]`, `[0,1,2]`, `[{"op":"add","path":"/0","value":0}]`},
		{`[1]`, `[1,2,3]`, `[{"op":"add","path":"/1","value":2},{"op":"add","path":"/2","value":3}]`},
		{`[{"a":1},{"b":1}]`, `[{"a":1},{"b":2}]`, `[{"op":"replace","path":"/1/b","value":2}]`},
		{`{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, `[{"op":"replace","path":"/a~1b/~0","value":2}]`},
		{`{"d":{"$date":1}}`, `{"d":{"$date":2}}`, `[{"op":"replace","path":"/d/$date","value":2}]`},
		{`{"d":{"$date":1}}`, `{"d":{"$big":"1"}}`, `[{"op":"replace","path":"/d","value":{"$big":"1"}}]`},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, `[{"op":"remove","path":"/a"},{"op":"add","path":"/a","value":1}]`},
		{`{"1":0,"a":0}`, `{"1":0,"2":0,"a":0}`, `[{"op":"add","path":"/2","value":0}]`},
	}
	for _, tt := range tests {
		a, b := parse(t, tt.a), parse(t, tt.b)
		p := Diff(a, b)
		got, err := json.Marshal(p)
		if err != nil || string(got) != tt.want {
			t.Errorf("Diff(%s, %s) = %s (%v), want %s", tt.a, tt.b, got, err, tt.want)
		}
		if after, err := Apply(a, p); err != nil || !Equal(after, b) {
			t.Errorf("Apply(%s, %s) = %v (%v)", tt.a, got, after, err)
		}
		if text(t, a) != tt.a {
			t.Errorf("Apply changed its argument %s", tt.a)
		}
	}
}

func TestApplyDoesAsTheStandardSays(t *testing.T) {
	t.Parallel()
	tests := []struct{ doc, patch, want, err string }{
		{`{"a":[1]}`, `[{"op":"add","path":"/a/-","value":2}]`, `{"a":[1,2]}`, ""},
		{`{"a":1}`, `[{"op":"add","path":"/a","value":null}]`, `{"a":null}`, ""},
		{`{"a":1}`, `[{"op":"copy","from":"/a","path":"/b"}]`, `{"a":1,"b":1}`, ""},
		{`{"a":[1,2]}`, `[{"op":"move","from":"/a/0","path":"/a/1"}]`, `{"a":[2,1]}`, ""},
		{`{"a":1}`, `[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/a"}]`, `{}`, ""},
		{`{"a":1}`, `[{"op":"test","path":"/a","value":2}]`, "", "the value there is another"},
		{`{"a":1}`, `[{"op":"replace","path":"/b","value":2}]`, "", "operation 1 (replace /b): there is nothing at that path"},
		{`{"a":[]}`, `[{"op":"add","path":"/a/01","value":2}]`, "", "nothing at that path"},
		{`{"a":{}}`, `[{"op":"move","from":"/a","path":"/a/b"}]`, "", "can't move into itself"},
		{`{}`, `[{"op":"remove","path":""}]`, "", "the whole can't be removed"},
		{`{}`, `[{"op":"add","path":"a","value":1}]`, "", "must be empty or begin with /"},
		{`{}`, `[{"op":"add","path":"/~2","value":1}]`, "", "neither ~0 nor ~1"},
	}
	for _, tt := range tests {
		var p Patch
		if err := json.Unmarshal([]byte(tt.patch), &p); err != nil {
			t.Fatalf("%s: %v", tt.patch, err)
		}
		got, err := Apply(parse(t, tt.doc), p)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s on %s: %v, want %q", tt.patch, tt.doc, err, tt.err)
			}
		} else if err != nil || text(t, got) != tt.want {
			t.Errorf("%s on %s = %v (%v), want %s", tt.patch, tt.doc, got, err, tt.want)
		}
	}
	for _, bad := range []string{`[{"op":"add","path":"/a"}]`, `[{"op":"nope","path":""}]`, `[{"op":"remove"}]`, `[{"op":"copy","path":"/a"}]`} {
		var p Patch
		if json.Unmarshal([]byte(bad), &p) == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// trees makes trees as values of JavaScript give them.
func trees(depth int) *rapid.Generator[value.Value] {
	key := rapid.SampledFrom([]string{"a", "b", "c", "1", "22", "$x", "a/b", "~", ""})
	leaf := rapid.OneOf(
		rapid.Map(rapid.IntRange(0, 3), func(i int) value.Value { return float64(i) }),
		rapid.Map(rapid.SampledFrom([]string{"", "x"}), func(s string) value.Value { return s }),
		rapid.Just[value.Value](nil), rapid.Just[value.Value](true), rapid.Just[value.Value](value.Date(3)))
	if depth == 0 {
		return leaf
	}
	sub := trees(depth - 1)
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(sub, 0, 4), func(s []value.Value) value.Value { return &value.Array{Items: s} }),
		rapid.Custom(func(t *rapid.T) value.Value {
			o := &value.Object{}
			for _, k := range rapid.SliceOfN(key, 0, 4).Draw(t, "keys") {
				o.Set(k, sub.Draw(t, "value"))
			}
			return value.GraphOf(o).Value() // keys in JavaScript's order
		}))
}

func TestDiffThenApplyGivesTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := Tag(trees(2).Draw(t, "a")), Tag(trees(2).Draw(t, "b"))
		p := Diff(a, b)
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Patch
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		got, err := Apply(a, back)
		if err != nil || !Equal(got, b) {
			t.Fatalf("patch %s: got %v (%v)", raw, got, err)
		}
	})
}

func BenchmarkDiffOneChangeOf10000(b *testing.B) {
	o, p := &value.Object{}, &value.Object{}
	for i := range 10_000 {
		k := "k" + strconv.Itoa(i)
		o.Keys, o.Vals = append(o.Keys, k), append(o.Vals, obj("n", float64(i)))
		p.Keys, p.Vals = append(p.Keys, k), append(p.Vals, obj("n", float64(i)))
	}
	p.Vals[5000] = obj("n", "changed")
	b.ReportAllocs()
	for b.Loop() {
		if len(Diff(o, p)) != 1 {
			b.Fatal("want one operation")
		}
	}
}
