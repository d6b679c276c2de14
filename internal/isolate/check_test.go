package isolate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
)

func TestCheckRunsNothing(t *testing.T) {
	t.Parallel()
	const head = `import { actor, setup } from "@rivetkit/actor";` + "\n"
	tests := map[string]struct {
		code     string
		actors   int
		problems string // of initial states
		err      string
	}{
		"in order": {`export const registry = setup({ use: { a: actor({ state: { n: 1 }, actions: {} }) } });`, 1, "", ""},
		"a server isn't started, and what waits for it waits": {`const registry = setup({ use: { a: actor({ actions: { x: () => 1 } }) } });
const { client } = registry.createServer();
await client.a.getOrCreate("k").x();
throw new Error("the call came back");`, 1, "", ""},
		"makers of state don't run":    {`export const registry = setup({ use: { a: actor({ createState: () => { throw new Error("run"); }, actions: {} }) } });`, 1, "", ""},
		"a state that can't be stored": {`export const registry = setup({ use: { b: actor({ connState: { f: () => 1 }, actions: {} }), a: actor({ state: { f: () => 1 }, actions: {} }) } });`, 2, `actor "a": state.f is a function, which can't be stored; actor "b": connState.f is a function, which can't be stored`, ""},
		"an option that nobody knows":  {`export const registry = setup({ use: { a: actor({ onAuht: () => {}, actions: {} }) } });`, 0, "", `unknown key "onAuht" (did you mean "onAuth"?)`},
		"no registry":                  {`export const x = 1;`, 0, "", "exports no registry"},
		"code that throws":             {`throw new Error("not today");`, 0, "", "not today"},
		"code that throws later":       {`await null; throw new Error("not today");`, 0, "", "not today"},
		"code that never ends":         {`for (;;) {}`, 0, "", "did not finish loading"},
		"code that waits for nothing":  {`await new Promise(() => {});`, 0, "", "did not finish loading"},
		"a recursion that never ends":  {`const f = () => f(); f();`, 0, "", "stack"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt, _ := runtimeOf(t, func(o *isolate.Options) { o.LoadTimeout = 2 * time.Second })
			reg, problems, err := rt.Check(t.Context(), build(t, head+tt.code))
			var said []string
			for _, p := range problems {
				said = append(said, p.Msg)
				if !strings.Contains(p.At, ":2:") {
					t.Errorf("at %q", p.At)
				}
			}
			if got := strings.Join(said, "; "); got != tt.problems {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
			switch {
			case tt.err == "" && (err != nil || len(reg.Actors) != tt.actors):
				t.Errorf("%+v, %v", reg, err)
			case tt.err != "" && (err == nil || !strings.Contains(strings.ToLower(errs.As(err).Msg), strings.ToLower(tt.err))):
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
}
