package isolate

import (
	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// edit changes a state from outside the actor's code; see actor.Edit.
func (i *instance) edit(j actor.Edit) {
	i.effect(actor.Reply{Call: j.Call, Err: i.change(j)})
}

func (i *instance) change(j actor.Edit) error {
	box := i.state
	if j.Conn != "" {
		c := i.byID[j.Conn]
		switch {
		case c == nil || c.gone || !c.accepted:
			return errs.New(errs.ConnNotFound, "There is no connection %s to this actor.", j.Conn)
		case c.state == nil:
			return errs.New(errs.ConnStateNotEnabled, "The connections of this actor have no state.")
		}
		i.noteConn(c)
		box = c.state
	}
	if box == nil {
		return errs.New(errs.StateNotEnabled, "This actor has no state that could be edited.")
	}
	old := box.t.Value()
	next, err := j.Change(old)
	if err != nil {
		return err
	}
	if err := box.t.Assign(old, next); err != nil {
		i.iso.uncatchable(err)
		return i.iso.errorFrom(err)
	}
	return nil
}

// from is the call whose code runs, 0 if none does.
func (i *instance) from() actor.CallID {
	if ctx := i.iso.cur; ctx != nil && ctx.inst == i && ctx.inv != nil {
		return ctx.inv.call
	}
	return 0
}
