package track

import (
	"bytes"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"

	"github.com/rivetdev/rivet/internal/value"
)

// valueOf is a script's expression as a Value.
func valueOf(t testing.TB, src string) value.Value {
	t.Helper()
	w := newWorld(t)
	w.turn(t, "c.state = "+src)
	return w.t.Value()
}

func TestAssignChangesWhatDiffers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ from, to, kept string }{
		"a leaf":               {`{a:{n:1},b:{}}`, `{a:{n:2},b:{}}`, "c.state.a"},
		"a new member":         {`{a:{}}`, `{a:{x:[1]},z:1}`, "c.state.a"},
		"a member gone":        {`{a:{x:1,y:2}}`, `{a:{y:2}}`, "c.state.a"},
		"order of members":     {`{a:1,b:{k:1}}`, `{b:{k:1},a:1}`, "c.state.b"},
		"keys like indices":    {`{1:1,a:{}}`, `{0:1,1:2,a:{}}`, "c.state.a"},
		"a longer array":       {`{l:[{a:1}]}`, `{l:[{a:2},3,null]}`, "c.state.l[0]"},
		"a shorter array":      {`{l:[{a:1},2,3]}`, `{l:[{a:1}]}`, "c.state.l[0]"},
		"a map":                {`{m:new Map([[1,{}]]),o:{}}`, `{m:new Map([[1,{x:1}],['k',2]]),o:{}}`, "c.state.o"},
		"dates, sets, bytes":   {`{d:new Date(1),s:new Set([1]),b:new Uint8Array([1])}`, `{d:new Date(2),s:new Set([1,2]),b:new Uint8Array([1,2])}`, ""},
		"another kind":         {`{a:{}}`, `{a:[]}`, ""},
		"the root's kind":      {`{a:1}`, `[1]`, ""},
		"a leaf as root":       {`{a:1}`, `5`, ""},
		"holes":                {`{l:[1,,3]}`, `{l:[,2]}`, ""},
		"shared":               {`{a:{}}`, `(() => { const s = {}; return {a:s,b:s} })()`, ""},
		"no longer shared":     {`(() => { const s = {x:1}; return {a:s,b:s} })()`, `{a:{x:1},b:{x:2}}`, ""},
		"__proto__ as a name":  {`{a:1}`, `JSON.parse('{"a":1,"__proto__":{"x":1}}')`, ""},
		"nothing":              {`{a:{b:[1]}}`, `{a:{b:[1]}}`, "c.state.a.b"},
		"undefined and bigint": {`{a:1n,b:undefined}`, `{a:2n,b:null}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.turn(t, "c.state = "+tt.from)
			w.t.Seal()
			var before goja.Value
			if tt.kept != "" {
				before, _ = w.vm.RunString(tt.kept)
			}
			next := valueOf(t, tt.to)
			if err := w.t.Assign(w.t.Value(), next); err != nil {
				t.Fatal(err)
			}
			w.flush(t)
			if got, want := value.GraphOf(w.t.Value()).Encode(), value.GraphOf(next).Encode(); !bytes.Equal(got, want) {
				t.Errorf("the state is another than %s", tt.to)
			}
			if tt.kept != "" {
				if after, _ := w.vm.RunString(tt.kept); !after.SameAs(before) {
					t.Errorf("%s lost its identity", tt.kept)
				}
			}
		})
	}
}

func TestAssignGivesAnyState(t *testing.T) {
	t.Parallel()
	leaf := rapid.SampledFrom([]string{"1", "2", "'x'", "null", "undefined", "new Date(3)", "[]", "({})", "new Set([1])", "[,1]"})
	object := rapid.Custom(func(t *rapid.T) string {
		s := "({"
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "1"}), 0, 4).Draw(t, "keys") {
			s += k + ":" + leaf.Draw(t, "leaf") + ","
		}
		return s + "})"
	})
	source := rapid.Custom(func(t *rapid.T) string {
		return "({a:" + object.Draw(t, "a") + ",b:[" + object.Draw(t, "b0") + "," + leaf.Draw(t, "b1") + "]})"
	})
	rapid.Check(t, func(rt *rapid.T) {
		from, to := source.Draw(rt, "from"), source.Draw(rt, "to")
		w := newWorld(t)
		w.turn(rt, "c.state = "+from)
		next := valueOf(t, to)
		if err := w.t.Assign(w.t.Value(), next); err != nil {
			rt.Fatalf("%s → %s: %v", from, to, err)
		}
		w.flush(rt)
		if !bytes.Equal(value.GraphOf(w.t.Value()).Encode(), value.GraphOf(next).Encode()) {
			rt.Fatalf("%s → %s", from, to)
		}
	})
}
