package isolate_test

import (
	"errors"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

const editSource = `
import { actor, setup } from "@rivetkit/actor";
let told = 0;
const list = actor({
  onAuth: () => {},
  state: { items: [{ n: 1 }], title: "a" },
  onStateChange: () => { told++; },
  createVars: (c) => ({ first: null as any }),
  actions: {
    hold: (c) => { c.vars.first = c.state.items[0]; },
    held: (c) => { c.vars.first.n++; return [c.state, told]; },
  },
});
const bare = actor({ onAuth: () => {}, actions: { x: () => 1 } });
export const registry = setup({ use: { list, bare } });
`

func TestEditIsSeenByScriptsThatHoldAPart(t *testing.T) {
	t.Parallel()
	w := load(t, editSource, nil)
	l := w.start("list", "a")
	l.json("hold")
	edit := func(change func(value.Value) (value.Value, error)) error {
		call := l.nextCall()
		l.inst.Post(actor.Edit{Call: call, Change: change})
		_, err := l.answer(call)
		return err
	}
	err := edit(func(v value.Value) (value.Value, error) {
		old, _ := v.(*value.Object).Get("items")
		if n, _ := old.(*value.Array).Items[0].(*value.Object).Get("n"); n != 1.0 {
			t.Errorf("the edit got %v", n)
		}
		item, next := &value.Object{}, &value.Object{}
		item.Set("n", 10.0)
		next.Set("items", &value.Array{Items: []value.Value{item, "two"}})
		next.Set("title", "b")
		return next, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.json("held"), `[{"items":[{"n":11},"two"],"title":"b"},1]`; got != want {
		t.Errorf("after the edit %s, want %s", got, want)
	}
	refused := errors.New("no")
	if err := edit(func(value.Value) (value.Value, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("a refused edit: %v", err)
	}
	b := w.start("bare", "a")
	call := b.nextCall()
	b.inst.Post(actor.Edit{Call: call, Change: func(v value.Value) (value.Value, error) { return v, nil }})
	if _, err := b.answer(call); !errs.Is(err, errs.StateNotEnabled) {
		t.Errorf("an actor without state: %v", err)
	}
}
