package track

import (
	"testing"

	"github.com/rivetdev/rivet/internal/value"
)

// TestStoredAndLoaded: what a script sees of a state after it was stored, by
// snapshot and by patch, and loaded into another runtime.
func TestStoredAndLoaded(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ put, then, read, want string }{
		"a regexp's last index": {"c.state.v = /a/g; c.state.v.exec('aa')", "c.state.v.exec('aa')", "[c.state.v.lastIndex, c.state.v.source, c.state.v.flags].join()", "2,a,g"},
		"an aggregate error":    {"c.state.v = new AggregateError([new TypeError('t'), {a: [1]}], 'both')", "c.state.v.errors.push(3)", "[c.state.v instanceof AggregateError, c.state.v.name, c.state.v.message, c.state.v.errors[0] instanceof TypeError, c.state.v.errors[1].a[0], c.state.v.errors[2], Object.keys(c.state.v).length].join()", "true,AggregateError,both,true,1,3,0"},
		"causes":                {"c.state.v = new Error('a', {cause: new RangeError('b', {cause: 5n})})", "c.state.v.cause.cause = 6n", "[c.state.v.cause instanceof RangeError, c.state.v.cause.cause === 6n].join()", "true,true"},
		"a frozen array":        {"c.state.v = Object.freeze([1, {a: 1}])", "c.state.v[1].a = 2", "JSON.stringify(c.state.v)", `[1,{"a":2}]`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.turn(t, "c.state = {}")
			w.turn(t, tt.put)
			w.t.Seal()
			if w.turn(t, tt.then) == nil {
				t.Error("the change was not noticed")
			}
			w.t.Seal()
			if p := w.flush(t); p != nil {
				t.Errorf("a turn without a change wrote %x", p)
			}
			g, err := value.DecodeGraph(w.image.Encode())
			if err != nil {
				t.Fatal(err)
			}
			again := newWorld(t)
			if err := again.t.Load(g); err != nil {
				t.Fatal(err)
			}
			for _, w := range []*world{w, again} {
				if v, err := w.vm.RunString(tt.read); err != nil || v.String() != tt.want {
					t.Errorf("%s is %v, %v; want %s", tt.read, v, err, tt.want)
				}
			}
		})
	}
}
