package isolate_test

import (
	"strings"
	"testing"
)

// TestClassNamesAreTheSources: esbuild calls a class _A if a static member
// refers to it, and A2 if there is another.
func TestClassNamesAreTheSources(t *testing.T) {
	t.Parallel()
	w := load(t, `import { Buffer as B } from "node:buffer";
class A { static one = new A(); x = 1 }
export class Boom extends Error { static code = "boom"; static make() { return new Boom("m") } get name() { return this.constructor.name } }
const Anon = class { static z = 1; y = 1 };
class Named { static name = "own"; static self = Named }
class Method { static name() { return 1 } static self = Method }
function scope() { class A { k = 1 } return A }
const text = `+"`\nvar _A = class _A {\n  static x = _A\n}`"+`;
function dec(v: any, c: any) { return v }
@dec class D { static self: any = null; q = 1 }
`+def(`{
  state: { list: [] as unknown[] },
  actions: {
    names: (c) => { c.state.list.push(new A(), new Anon()); return [A.name, A.one.constructor.name, Anon.name, Boom.name, (Named as any).name, typeof (Method as any).name, scope().name, D.name, text.length] },
    boom: () => { throw Boom.make() },
    position: () => { class Q { static me = Q; static fail() { throw new Error("here") } } Q.fail() },
  },
}`), nil)
	l := w.start("x")
	if got, want := l.json("names"), `["A","A","Anon","Boom","own","function","A","D",38]`; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
	l.json("boom")
	l.json("position")
	logs := strings.Join(l.lines(), "\n")
	for _, want := range []string{"instance of class A ", "instance of class Anon ", "server.ts:20:70"} {
		if !strings.Contains(logs, want) {
			t.Errorf("no %q in %s", want, logs)
		}
	}
	if strings.Contains(logs, "_A") {
		t.Errorf("esbuild's names in %s", logs)
	}
}
