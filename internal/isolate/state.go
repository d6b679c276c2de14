package isolate

import (
	"bytes"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/track"
	"github.com/rivetdev/rivet/internal/value"
)

// stateBox is a tracked state: an actor's or a connection's.
type stateBox struct {
	t     *track.Tracker
	isNew bool // nothing of it is stored yet: the next flush is a snapshot
}

func (i *instance) newBox(root string) *stateBox {
	return &stateBox{t: i.iso.realm.New(track.Options{Root: root, OnClassInstance: i.warnClass})}
}

// warnClass says, once for each class of an actor type, that instances become
// plain objects.
func (i *instance) warnClass(name string) {
	if _, told := i.v.warned.LoadOrStore([2]string{i.def.Name, name}, true); told {
		return
	}
	i.log(actor.Log{Level: actor.LogWarn, At: i.iso.position(), Msg: "an instance of class " + name +
		" became part of the state: it is stored as a plain object, without its methods"})
}

// loadState brings back the stored state.
func (i *instance) loadState() error {
	if !i.def.HasState {
		return nil
	}
	i.state = i.newBox("state")
	if i.spec.Snapshot == nil {
		i.state.isNew = true
		return nil
	}
	g, err := value.DecodeGraph(i.spec.Snapshot, i.spec.Patches...)
	if err != nil {
		return errs.Wrap(errs.DataCorrupt, err, "the stored state of %s can't be read", i)
	}
	return i.state.t.Load(g)
}

// tellStateChange runs onStateChange if this turn changed the state. What it
// says itself leaves before the turn's responses.
func (i *instance) tellStateChange() {
	if !i.started || i.changed || i.over.Load() || i.state == nil || !i.iso.js.hasStateHook(i) || !i.state.t.Dirty() {
		return
	}
	patch, err := i.flushState()
	if err != nil || patch == nil {
		return
	}
	i.changed = true
	i.outcome().Patch = patch
	before := i.out.Effects
	i.out.Effects = nil
	i.iso.as(i.base, func() { i.iso.call(i.iso.js.stateChanged, i.js) })
	said := i.out.Effects
	at := len(before)
	for n, e := range before {
		if _, ok := e.(actor.Reply); ok {
			at = n
			break
		}
	}
	merged := append(append(append([]actor.Effect(nil), before[:at]...), said...), before[at:]...)
	if len(merged) > 0 {
		i.out.Effects = merged
	}
}

// flushState is the patch of what changed since the last one.
func (i *instance) flushState() ([]byte, error) {
	patch, err := i.state.t.Flush()
	if err != nil {
		i.iso.uncatchable(err)
		e := i.iso.errorFrom(err)
		i.log(actor.Log{Level: actor.LogError, Msg: "the state can't be saved: " + e.Msg, At: e.At})
		i.end(e) // what is durable is what counts
		return nil, err
	}
	return patch, nil
}

// flush puts the changes of state into the turn's outcome.
func (i *instance) flush() {
	if i.state != nil && i.started && i.state.t.Dirty() {
		if patch, err := i.flushState(); err == nil && patch != nil {
			o := i.outcome()
			if i.state.isNew || o.Snapshot != nil || !joinPatch(&o.Patch, patch) {
				o.Patch = nil
				o.Snapshot, _ = i.state.t.Snapshot()
			}
			i.state.isNew = false
		}
	}
	for _, c := range i.dirtyConns() {
		patch, err := c.state.t.Flush()
		if err != nil {
			e := i.iso.errorFrom(err)
			i.log(actor.Log{Level: actor.LogError, Msg: "the connection's state can't be saved: " + e.Msg, At: e.At})
			c.state.t.Seal() // it is not asked again and again
			continue
		}
		if patch != nil || !c.stored {
			i.connChange(c)
		}
	}
	i.seal()
}

// syncStates brings what scripts changed by old references into the states of
// the running actor, before something that may show them leaves it.
func (r *isolate) syncStates() {
	if r.cur == nil || r.cur.inst == nil {
		return
	}
	i := r.cur.inst
	if i.state != nil {
		i.state.t.Sync()
	}
	for _, c := range i.dirty {
		if c.state != nil {
			c.state.t.Sync()
		}
	}
}

// sealEvery is after how many turns an actor that never rests is sealed all the same.
const sealEvery = 64

// seal ends the watch over objects that scripts gave to the states: while an
// action runs it may still hold one and change it directly.
func (i *instance) seal() {
	if !i.started {
		return
	}
	if i.unsealed++; i.work.Actions > 0 && i.unsealed <= sealEvery {
		return
	}
	i.unsealed = 0
	if i.state != nil {
		i.state.t.Seal()
	}
	for _, c := range i.dirty {
		if c.state != nil {
			c.state.t.Seal()
		}
	}
}

// patchHeader is the length of what every patch begins with.
const patchHeader = 2

// joinPatch appends what onStateChange changed to the change that it was told.
func joinPatch(dst *[]byte, more []byte) bool {
	if *dst == nil {
		*dst = more
		return true
	}
	if len(more) < patchHeader || !bytes.Equal((*dst)[:patchHeader], more[:patchHeader]) {
		return false
	}
	*dst = append(*dst, more[patchHeader:]...)
	return true
}

// snapshot is the whole state, for the outcome that ends the start of a new actor.
func (i *instance) snapshot() {
	if i.state == nil || !i.state.isNew {
		return
	}
	if _, err := i.flushState(); err == nil {
		i.outcome().Snapshot, _ = i.state.t.Snapshot()
		i.state.isNew = false
	}
}

// dirtyConns are the accepted connections whose state may have changed. Scripts
// keep references to states, so each that they ever had is looked at.
func (i *instance) dirtyConns() []*connRec {
	var out []*connRec
	kept := i.dirty[:0]
	for _, c := range i.dirty {
		if c.state == nil || c.removed {
			c.noted = false
			continue
		}
		kept = append(kept, c)
		if c.accepted && c.state.t.Dirty() {
			out = append(out, c)
		}
	}
	clear(i.dirty[len(kept):])
	i.dirty = kept
	return out
}

// connChange notes a connection as it is now.
func (i *instance) connChange(c *connRec) {
	ch := actor.ConnChange{Conn: c.info.ID}
	if c.state != nil {
		ch.HasState, c.stored = true, true
		ch.State, _ = c.state.t.Snapshot()
	}
	o := i.outcome()
	for n := range o.Conns {
		if o.Conns[n].Conn == ch.Conn && !o.Conns[n].Removed {
			o.Conns[n] = ch
			return
		}
	}
	o.Conns = append(o.Conns, ch)
}

// connRec is a connection as its instance knows it.
type connRec struct {
	slot     int64
	info     actor.ConnInfo
	state    *stateBox
	lasting  bool // a connection; not that of a stateless call
	accepted bool // stored; it counts
	ready    bool // onConnect has ended
	refused  bool // onConnect failed: it is being closed
	gone     bool // its client has left
	removed  bool
	noted    bool // in instance.dirty: scripts had its state
	stored   bool // its state was reported, as it was then
	held     []actor.Act
	early    []actor.Subscribe // that came before it was accepted
}
