package value

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"os"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// drawValue makes a random value; pool holds objects that may be met again,
// also from within themselves.
func drawValue(t *rapid.T, depth int, pool *[]Value) Value {
	n := 16
	if depth <= 0 {
		n = 9
	}
	keep := func(v Value) Value { *pool = append(*pool, v); return v }
	switch rapid.IntRange(0, n).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return Undefined{}
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		return rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), 1 << 32, -1 << 32, 1<<53 + 2, 0.1, 1e21, -5}).Draw(t, "f")
	case 4:
		return float64(rapid.Int32().Draw(t, "int"))
	case 5:
		return rapid.SampledFrom([]string{"", "a", "é😀", "\xed\xa0\x80", "\"\\\n\u2028"}).Draw(t, "s")
	case 6:
		b := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "big"))
		if rapid.Bool().Draw(t, "neg") {
			b.Neg(b)
		}
		return b
	case 7:
		return Date(float64(rapid.IntRange(-1e12, 1e12).Draw(t, "ms")))
	case 8:
		return keep(&Bytes{Kind: Uint16Array, Data: []byte{1, 2, 3, 4}})
	case 9:
		if len(*pool) > 0 {
			return (*pool)[rapid.IntRange(0, len(*pool)-1).Draw(t, "ref")]
		}
		return keep(&RegExp{Source: "a", Flags: "g"})
	case 10, 11:
		a := &Array{}
		keep(a)
		for range rapid.IntRange(0, 4).Draw(t, "len") {
			a.Items = append(a.Items, drawValue(t, depth-1, pool))
		}
		return a
	case 12, 13:
		o := &Object{}
		keep(o)
		for range rapid.IntRange(0, 4).Draw(t, "len") {
			o.Set(rapid.SampledFrom([]string{"a", "b", "é", "__proto__", "7", "3"}).Draw(t, "key"), drawValue(t, depth-1, pool))
		}
		o.sortIndexKeys()
		return o
	case 14:
		m := &Map{}
		keep(m)
		for i := range rapid.IntRange(0, 12).Draw(t, "len") {
			m.Entries = append(m.Entries, [2]Value{float64(i), drawValue(t, depth-1, pool)})
		}
		return m
	case 15:
		s := &Set{}
		keep(s)
		for i := range rapid.IntRange(0, 3).Draw(t, "len") {
			s.Items = append(s.Items, float64(i))
		}
		return s
	}
	e := &Error{Name: "TypeError", Message: "m"}
	keep(e)
	if rapid.Bool().Draw(t, "fields") {
		e.Fields = &Object{Keys: []string{"code"}, Vals: []Value{drawValue(t, depth-1, pool)}}
	}
	return e
}

// same compares by what a graph of v encodes to, which tells everything apart.
func same(a, b Value) bool { return bytes.Equal(GraphOf(a).Encode(), GraphOf(b).Encode()) }

func TestRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, 3, &[]Value{})
		g := GraphOf(v)
		enc := g.Encode()
		g2, err := DecodeGraph(enc)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(g2.Encode(), enc) || !same(g2.Value(), v) {
			t.Fatalf("graph: %x, want %x", g2.Encode(), enc)
		}
		if d := g.Size() - len(enc); d < -len(enc)/2-32 || d > len(enc)+64 {
			t.Fatalf("Size %d, encoded %d", g.Size(), len(enc))
		}
		c, err := AppendCBOR(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseCBOR(c)
		if err != nil {
			t.Fatalf("%x: %v", c, err)
		}
		if !same(back, v) {
			t.Fatalf("CBOR %x: %x, want %x", c, GraphOf(back).Encode(), enc)
		}
	})
}

func TestCBORAsCborXWritesIt(t *testing.T) {
	tests := map[string]struct {
		v   Value
		hex string
	}{
		"undefined":      {Undefined{}, "f7"},
		"NaN":            {math.NaN(), "fb7ff8000000000000"},
		"2^32 is float":  {4294967296.0, "fb41f0000000000000"},
		"32-bit integer": {4294967295.0, "1affffffff"},
		"-0":             {math.Copysign(0, -1), "fb8000000000000000"},
		"small BigInt":   {big.NewInt(5), "1b0000000000000005"},
		"negative":       {big.NewInt(-1), "3b0000000000000000"},
		"2^64":           {new(big.Int).Lsh(big.NewInt(1), 64), "c249010000000000000000"},
		"date":           {Date(0), "c11a00000000"},
		"object":         {&Object{Keys: []string{"a"}, Vals: []Value{1.0}}, "b90001616101"},
		"Uint8Array":     {&Bytes{Kind: Uint8Array, Data: []byte{7}}, "d8404107"},
		"Uint16Array":    {&Bytes{Kind: Uint16Array, Data: []byte{1, 0}}, "d845420100"},
		"Map":            {&Map{Entries: [][2]Value{{1.0, 2.0}}}, "d90103a10102"},
		"Set":            {&Set{Items: []Value{1.0}}, "d901028101"},
		"RegExp":         {&RegExp{Source: "a", Flags: "g"}, "d81b836652656745787061616167"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := AppendCBOR(nil, tt.v)
			if err != nil || hex.EncodeToString(b) != tt.hex {
				t.Errorf("AppendCBOR(%v) = %x, %v; want %s", tt.v, b, err, tt.hex)
			}
		})
	}
}

func TestJSONIsWhatStringifyGives(t *testing.T) {
	obj := func(kv ...Value) *Object {
		o := &Object{}
		for i := 0; i < len(kv); i += 2 {
			o.Set(kv[i].(string), kv[i+1])
		}
		return o
	}
	tests := map[string]struct {
		v    Value
		want string
	}{
		"1e21":                  {1e21, "1e+21"},
		"1e-7":                  {1e-7, "1e-7"},
		"0.000001":              {1e-6, "0.000001"},
		"-0":                    {math.Copysign(0, -1), "0"},
		"123456789012345680000": {123456789012345680000.0, "123456789012345680000"},
		"NaN":                   {math.NaN(), "null"},
		"date":                  {Date(1700000000123), `"2023-11-14T22:13:20.123Z"`},
		"far date":              {Date(-62198755200000), `"-000001-01-01T00:00:00.000Z"`},
		"invalid date":          {Date(math.NaN()), "null"},
		"undefined members":     {obj("a", Undefined{}, "b", &Array{Items: []Value{Undefined{}, Hole{}}}), `{"b":[null,null]}`},
		"map":                   {&Map{}, "{}"},
		"buffer":                {&Bytes{Kind: Buffer, Data: []byte{1, 2}}, `{"type":"Buffer","data":[1,2]}`},
		"typed array":           {&Bytes{Kind: Int8Array, Data: []byte{255, 2}}, `{"0":-1,"1":2}`},
		"lone surrogate":        {"\xed\xa0\x80", `"\ud800"`},
		"escapes":               {"\x00\b\u2028\"", "\"\\u0000\\b\u2028\\\"\""},
		"error":                 {&Error{Name: "E", Message: "m", Fields: obj("code", 1.0)}, `{"code":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if b, err := AppendJSON(nil, tt.v); err != nil || string(b) != tt.want {
				t.Errorf("AppendJSON(%v) = %s, %v; want %s", tt.v, b, err, tt.want)
			}
		})
	}
	cycle := &Array{}
	cycle.Items = []Value{cycle}
	for _, v := range []Value{Undefined{}, big.NewInt(1), cycle} {
		if b, err := AppendJSON(nil, v); err == nil {
			t.Errorf("AppendJSON(%T) = %.20s, want an error", v, b)
		}
	}
}

func TestParseJSON(t *testing.T) {
	for in, want := range map[string]Value{
		` {"b":1,"a":[true,null,-0.5e1],"b":2} `: &Object{Keys: []string{"b", "a"}, Vals: []Value{2.0, &Array{Items: []Value{true, nil, -5.0}}}},
		`"\ud83d\ude00\ud800\u0041"`:             "😀\xed\xa0\x80A",
		`1e400`:                                  math.Inf(1),
		`{"__proto__":1}`:                        &Object{Keys: []string{"__proto__"}, Vals: []Value{1.0}},
		`12345678901234567890`:                   12345678901234567890.0,
	} {
		if got, err := ParseJSON([]byte(in)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseJSON(%s) = %#v, %v; want %#v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "01", "1.", "+1", "[1,]", `{"a":1,}`, "\"\n\"", `"\x"`, "nul", "1 2", string(bytes.Repeat([]byte("["), 2000))} {
		if v, err := ParseJSON([]byte(in)); err == nil {
			t.Errorf("ParseJSON(%.20q) = %v, want an error", in, v)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\u0041"]}`, "\xd8\x1c\x81\xd8\x1d\x00", "\xbf\x61a\x9f\xff\xff", "\x1b\x00\x00\x00\x00\x00\x00\x00\x01"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ParseJSON(b)
		if (err == nil) != json.Valid(b) && len(b) < MaxDepth {
			t.Fatalf("ParseJSON(%q): %v", b, err)
		}
		if err == nil {
			if _, err := AppendJSON(nil, v); err != nil {
				t.Fatal(err)
			}
		}
		if v, err := ParseCBOR(b); err == nil {
			c, err := AppendCBOR(nil, v)
			if err != nil {
				return
			}
			if _, err := ParseCBOR(c); err != nil {
				t.Fatalf("%x → %x: %v", b, c, err)
			}
		}
	})
}

func FuzzGraph(f *testing.F) {
	g := GraphOf(&Array{Items: []Value{&Object{Keys: []string{"a"}, Vals: []Value{1.0}}, &Map{}, Hole{}, Date(1)}})
	f.Add(g.Encode(), []byte{1, 'P', opIndex, 1, 0, tagNull})
	f.Fuzz(func(t *testing.T, snapshot, patch []byte) {
		g, err := DecodeGraph(snapshot)
		if err != nil {
			return
		}
		if g.Apply(patch) == nil {
			if _, err := DecodeGraph(g.Encode()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestFormatVersion1 fixes the stored format: what an earlier release wrote
// must be read for ever.
func TestFormatVersion1(t *testing.T) {
	shared := &Object{NullProto: true, Keys: []string{"x"}, Vals: []Value{1.5}}
	g := GraphOf(&Object{Keys: []string{"n", "list", "map", "set", "date", "re", "err", "buf", "big"}, Vals: []Value{
		-300.0, &Array{Items: []Value{shared, shared, Hole{}, Undefined{}, nil, true, math.Copysign(0, -1), "é"}},
		&Map{Entries: [][2]Value{{"k", shared}}}, &Set{Items: []Value{1.0}}, Date(5), &RegExp{Source: "a", Flags: "g"},
		&Error{Name: "Error", Message: "m"}, &Bytes{Kind: Float32Array, Data: []byte{1, 2, 3, 4}}, big.NewInt(-7)}})
	golden(t, "snapshot.v1.hex", g.Encode())
	root := g.Node(g.Root().(Ref))
	node := func(k string) *Node { e, _ := root.Get(k); return g.Node(e.(Ref)) }
	e := g.Edit()
	n := e.NewNode(KindObject)
	n.Put("id", 1.0)
	e.Add(n)
	list := node("list")
	e.Splice(list, len(list.Items), 0, []Elem{n.ID})
	e.SetIndex(list, 0, "first")
	e.Set(root, "n", 301.0)
	e.Delete(root, "big")
	e.Set(node("map"), "k2", nil)
	e.Delete(node("map"), "k")
	e.Set(node("set"), true, true)
	e.SetTime(node("date"), 6)
	e.SetBytes(node("buf"), []byte{1, 9, 3, 4})
	e.Clear(node("set"))
	p, _, err := e.Patch()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "patch.v1.hex", p)
	golden(t, "after.v1.hex", g.Encode())
	read := func(name string) []byte {
		b, _ := os.ReadFile("testdata/" + name)
		x, _ := hex.DecodeString(string(bytes.TrimSpace(b)))
		return x
	}
	got, err := Compact(read("snapshot.v1.hex"), [][]byte{read("patch.v1.hex")})
	if err != nil || !bytes.Equal(got, read("after.v1.hex")) {
		t.Errorf("snapshot and patch come to %x, %v", got, err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if os.Getenv("UPDATE_GOLDEN") != "" {
		_ = os.MkdirAll("testdata", 0o755)
		if err := os.WriteFile(path, []byte(hex.EncodeToString(got)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(got) != string(bytes.TrimSpace(want)) {
		t.Errorf("%s: got %x", name, got)
	}
}

func BenchmarkParseJSONArgs(b *testing.B) {
	in := []byte(`[{"text":"hello world","n":5,"tags":["a","b"]},42]`)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ParseJSON(in)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	v, _ := ParseJSON([]byte(`[{"text":"hello world","n":5,"tags":["a","b"]},42]`))
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = AppendJSON(buf, v)
	}
}

// TestViewsAndLastIndex: what version 1 of the format got later; a state without
// them has the bytes it always had.
func TestViewsAndLastIndex(t *testing.T) {
	b := &Block{Size: 6}
	v := &Array{Items: []Value{
		&RegExp{Source: "a", Flags: "g", LastIndex: 300},
		&Bytes{Kind: Uint8Array, Data: []byte{1, 2, 3, 4}, Of: b},
		&Bytes{Kind: Uint16Array, Data: []byte{3, 4, 5, 6}, Of: b, Offset: 2},
		&Bytes{Kind: Uint8Array, Data: []byte{9}},
	}}
	g := GraphOf(v)
	golden(t, "views.v1.hex", g.Encode())
	again, err := DecodeGraph(g.Encode())
	if err != nil {
		t.Fatal(err)
	}
	items := again.Value().(*Array).Items
	one, two, alone := items[1].(*Bytes), items[2].(*Bytes), items[3].(*Bytes)
	if one.Of == nil || one.Of != two.Of || one.Of.Size != 6 || two.Offset != 2 || alone.Of != nil || items[0].(*RegExp).LastIndex != 300 {
		t.Errorf("%+v %+v %+v %+v", items[0], one, two, alone)
	}
	e := again.Edit()
	e.Share(again.Node(5), 99, 1)
	e.SetLastIndex(again.Node(2), 0)
	p, _, err := e.Patch()
	if err != nil || g.Apply(p) != nil || string(g.Encode()) != string(again.Encode()) || g.NewID() <= 99 {
		t.Errorf("patch %x: %v", p, err)
	}
	golden(t, "viewspatch.v1.hex", p)
	if nodes, _, err := Touched(p); err != nil || len(nodes) != 2 {
		t.Errorf("Touched: %v, %v", nodes, err)
	}
}
