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
		"a regexp's last index":      {"c.state.v = /a/g; c.state.v.exec('aa')", "c.state.v.exec('aa')", "[c.state.v.lastIndex, c.state.v.source, c.state.v.flags].join()", "2,a,g"},
		"an aggregate error":         {"c.state.v = new AggregateError([new TypeError('t'), {a: [1]}], 'both')", "c.state.v.errors.push(3)", "[c.state.v instanceof AggregateError, c.state.v.name, c.state.v.message, c.state.v.errors[0] instanceof TypeError, c.state.v.errors[1].a[0], c.state.v.errors[2], Object.keys(c.state.v).length].join()", "true,AggregateError,both,true,1,3,0"},
		"causes":                     {"c.state.v = new Error('a', {cause: new RangeError('b', {cause: 5n})})", "c.state.v.cause.cause = 6n", "[c.state.v.cause instanceof RangeError, c.state.v.cause.cause === 6n].join()", "true,true"},
		"two views of one memory":    {"const b = new ArrayBuffer(8); c.state.v = {a: new Uint8Array(b), w: new Uint16Array(b, 2, 2), d: new DataView(b)}; c.state.v.a[2] = 5", "c.state.v.w[0] = 258", "[c.state.v.a.join(' '), c.state.v.d.getUint8(2), c.state.v.a.buffer === c.state.v.w.buffer, c.state.v.w.byteOffset, c.state.v.a.buffer === c.state.v.d.buffer].join()", "0 0 2 1 0 0 0 0,2,true,2,true"},
		"a view and its memory":      {"c.state.v = {a: new Uint8Array([1, 2])}; c.state.v.b = c.state.v.a.buffer", "new Uint8Array(c.state.v.b)[1] = 9", "[c.state.v.a[1], c.state.v.a.buffer === c.state.v.b].join()", "9,true"},
		"a view that comes later":    {"const b = new Uint8Array(4); c.state.v = {a: b}; c.state.v.w = new Uint16Array(b.buffer)", "c.state.v.w[0] = 257", "[c.state.v.a.join(), c.state.v.w.join()].join(' ')", "1,1,0,0 257,0"},
		"a view made of the state's": {"c.state.v = {a: new Uint8Array(4)}", "c.state.v.d = new DataView(c.state.v.a.buffer); c.state.v.d.setInt8(1, 7)", "[c.state.v.a[1], c.state.v.d.getInt8(1), c.state.v.d.buffer === c.state.v.a.buffer].join()", "7,7,true"},
		"parts of a large memory":    {"const b = new Uint8Array(1e6); c.state.v = [b.subarray(10, 14), b.subarray(12, 16), b.subarray(9e5, 9e5 + 2)]; c.state.v[0][3] = 4", "c.state.v[1][0] = 6", "[c.state.v[0].join(), c.state.v[1].join(), c.state.v[2].join()].join(' ')", "0,0,6,4 6,4,0,0 0,0"},
		"a part alone":               {"c.state.v = {a: new Uint8Array([1, 2, 3]).subarray(1)}", "c.state.v.a[0] = 8", "c.state.v.a.join()", "8,3"},
		"one of two views goes":      {"const b = new Uint8Array(2); c.state.v = {a: b, w: new Uint8Array(b.buffer, 1)}", "c.state.v.w[0] = 3; delete c.state.v.a", "c.state.v.w.join()", "3"},
		"a frozen array":             {"c.state.v = Object.freeze([1, {a: 1}])", "c.state.v[1].a = 2", "JSON.stringify(c.state.v)", `[1,{"a":2}]`},
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
