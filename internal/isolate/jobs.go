package isolate

import (
	"time"

	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// begin is the first turn of an instance.
func (i *instance) begin() {
	r := i.iso
	r.insts[i.id] = i
	r.limit.Store(time.Now().Add(i.turnLimit(nil, time.Time{})).UnixNano())
	i.work.Actions = 1
	if err := i.loadState(); err != nil {
		i.failStart(err)
		return
	}
	ref := &i.spec.Ref
	key := make([]any, len(ref.Key))
	for n, k := range ref.Key {
		key[n] = jsvalue.NewString(r.vm, k)
	}
	obj := r.call(r.js.make, r.vm.ToValue(i.id), r.vm.ToValue(ref.Name), r.vm.ToValue(string(ref.ID)),
		r.vm.NewArray(key...), r.vm.ToValue(ref.Region))
	i.js, _ = obj.(*goja.Object)
	if i.js == nil {
		i.failStart(errs.New(errs.Internal, "actor %s could not be made", i))
		return
	}
	for n := range i.spec.Conns {
		i.restore(&i.spec.Conns[n])
	}
	create := i.spec.New || i.state != nil && i.state.isNew
	r.call(r.js.start, i.js, r.vm.ToValue(i.spec.New), r.vm.ToValue(create), r.value(i.spec.Input))
	i.spec.Conns, i.spec.Snapshot, i.spec.Patches, i.spec.Input = nil, nil, nil, nil
}

// restore brings back a connection that outlived the last instance.
func (i *instance) restore(st *actor.ConnState) {
	r := i.iso
	c := i.addConn(st.ConnInfo)
	c.accepted, c.ready, c.gone = true, true, st.Gone
	if i.def.HasConnState {
		c.state = i.newBox("conn.state")
		if st.HasState {
			g, err := value.DecodeGraph(st.State)
			if err == nil {
				err = c.state.t.Load(g)
			}
			if err != nil {
				i.log(actor.Log{Level: actor.LogError, Msg: "the state of connection " + string(st.ID) + " can't be read: " + err.Error()})
			}
		}
	}
	subs := make([]any, len(st.Subscriptions))
	for n, s := range st.Subscriptions {
		subs[n] = s
	}
	r.call(r.js.restore, i.js, r.vm.ToValue(c.slot), r.vm.NewArray(subs...), r.vm.ToValue(st.Gone), r.vm.ToValue(st.Parted))
}

// failStart ends an instance whose start failed.
func (i *instance) failStart(err error) {
	e := errs.As(err)
	if !e.Public {
		i.log(actor.Log{Level: actor.LogError, Msg: "the actor could not start: " + e.Msg, At: e.At, Fields: stackField(e)})
		e.Logged = true
	}
	i.end(err)
}

// hasStarted is told by the TypeScript half when onStart has ended.
func (i *instance) hasStarted() {
	if i.started || i.ended {
		return
	}
	i.work.Actions--
	i.snapshot()
	i.started = true
	i.outcome().Started = true
	i.mu.Lock()
	early := i.early
	i.early = nil
	i.mu.Unlock()
	i.ahead(early)
}

// ahead puts jobs that had to wait before those that came later.
func (i *instance) ahead(jobs []actor.Job) {
	if len(jobs) == 0 {
		return
	}
	i.mu.Lock()
	i.queue = append(jobs, i.queue...)
	i.mu.Unlock()
	for range jobs {
		i.iso.post(i.base, i.step)
	}
}

// runNext takes up the next job.
func (i *instance) runNext() {
	i.mu.Lock()
	if len(i.queue) == 0 {
		i.mu.Unlock()
		return
	}
	job := i.queue[0]
	i.queue[0] = nil
	if i.queue = i.queue[1:]; len(i.queue) == 0 {
		i.queue = nil
	}
	if !i.started {
		switch job.(type) {
		case actor.Granted, actor.Result, actor.Subscribe:
		default:
			i.early = append(i.early, job)
			i.mu.Unlock()
			return
		}
	}
	if i.stopping {
		if call := callOf(job); call != 0 {
			i.unbegun = append(i.unbegun, call)
			i.mu.Unlock()
			return
		}
	}
	i.mu.Unlock()
	i.run(job)
}

// run takes up a job.
func (i *instance) run(job actor.Job) {
	r := i.iso
	switch j := job.(type) {
	case actor.Invoke:
		c := i.addConn(j.Conn)
		i.invoke(r.js.invoke, j.Call, c.slot, false, j.Action, j.Args)
	case actor.Act:
		i.act(j)
	case actor.Run:
		i.invoke(r.js.run, j.Call, 0, true, j.Action, j.Args)
	case actor.Connect:
		c := i.addConn(j.Conn)
		i.byID[c.info.ID] = c
		i.work.Actions++
		i.calls[j.Call] = &running{slot: c.slot, kept: true, inv: invocation{call: j.Call, start: r.now()}, timedOut: true}
		r.call(r.js.connect, i.js, r.vm.ToValue(int64(j.Call)), r.vm.ToValue(c.slot))
	case actor.Disconnect:
		i.disconnect(j.Conn)
	case actor.Subscribe:
		if c := i.byID[j.Conn]; c != nil && c.accepted {
			i.subscribe(c, j)
		} else if c != nil {
			c.early = append(c.early, j) // conn.subscriptions is there once it is accepted
		}
	case actor.Granted:
		i.resume(j.Token, value.Undefined{}, j.Err)
	case actor.Result:
		i.resume(j.Token, j.Value, j.Err)
	case actor.Edit:
		i.edit(j)
	case actor.FetchJob:
		i.fetch(j)
	case actor.SocketJob:
		i.socket(j)
	}
}

// invoke begins an action.
func (i *instance) invoke(fn goja.Callable, call actor.CallID, slot int64, kept bool, action string, args []value.Value) {
	r := i.iso
	run := &running{inv: invocation{call: call, action: action, start: r.now()}, slot: slot, kept: kept}
	i.calls[call] = run
	i.work.Actions++
	js := make([]goja.Value, 4, 4+len(args))
	js[0], js[1], js[2], js[3] = i.js, r.vm.ToValue(int64(call)), r.vm.ToValue(slot), jsvalue.NewString(r.vm, action)
	for _, a := range args {
		js = append(js, r.value(a))
	}
	r.become(&asyncContext{inst: i, inv: &run.inv})
	r.blamed.Store(&run.inv)
	r.call(fn, js...)
}

// act begins an action over a connection, or lets it wait for onConnect.
func (i *instance) act(j actor.Act) {
	c := i.byID[j.Conn]
	switch {
	case c == nil || c.gone || c.refused:
		i.effect(actor.Reply{Call: j.Call, Err: errs.New(errs.ConnectionLost, "The connection is closed.")})
	case !c.ready:
		c.held = append(c.held, j)
	default:
		i.invoke(i.iso.js.act, j.Call, c.slot, true, j.Action, j.Args)
	}
}

// reply answers a call; a call that was answered before stays as it was.
func (i *instance) reply(call actor.CallID, out value.Value, err error) {
	run := i.calls[call]
	if run == nil {
		return
	}
	delete(i.calls, call)
	i.work.Actions--
	if !run.kept {
		i.dropConn(run.slot)
	}
	if run.timedOut && run.inv.action != "" {
		return
	}
	i.effect(actor.Reply{Call: call, Output: out, Err: err})
}

// armCalls sees to it that calls that did not end in their first turn time out.
func (i *instance) armCalls() {
	if len(i.calls) == 0 || i.dueStop != nil || !i.started || i.ended {
		return
	}
	var first *running
	for _, c := range i.calls {
		if !c.timedOut && (first == nil || c.inv.start.Before(first.inv.start)) {
			first = c
		}
	}
	if first == nil {
		return
	}
	d := first.inv.start.Add(i.def.Options.ActionTimeout).Sub(i.iso.now())
	i.dueStop = i.v.rt.o.Clock.AfterFunc(max(d, 0), func() { i.iso.post(i.base, i.expire) })
}

// expire answers the calls whose time is over; their code goes on.
func (i *instance) expire() {
	i.dueStop = nil
	due := i.iso.now().Add(-i.def.Options.ActionTimeout)
	for call, c := range i.calls {
		if !c.timedOut && !c.inv.start.After(due) {
			c.timedOut = true
			i.effect(actor.Reply{Call: call, Err: timedOut()})
		}
	}
}

func timedOut() *errs.Error {
	return errs.New(errs.ActionTimedOut, "Action timed out. This can be increased with: `actor({ options: { action: { timeout: ... } } })`")
}

// addConn makes a record of a connection, stored or not.
func (i *instance) addConn(info actor.ConnInfo) *connRec {
	i.lastSlot++
	c := &connRec{slot: i.lastSlot, info: info, lasting: info.ID != ""}
	i.conns[c.slot] = c
	if info.ID != "" {
		i.byID[info.ID] = c
	}
	return c
}

func (i *instance) dropConn(slot int64) {
	if c := i.conns[slot]; c != nil {
		delete(i.conns, slot)
		if c.info.ID != "" && i.byID[c.info.ID] == c {
			delete(i.byID, c.info.ID)
		}
		if c.state != nil {
			c.state.t.Close()
		}
	}
}

// connID is a connection's id; one that lives for a single call gets it when it is asked for.
func (c *connRec) connID() string {
	if c.info.ID == "" {
		c.info.ID = actor.ConnID(uuid.NewString())
	}
	return string(c.info.ID)
}

// accept stores a connection: its client is told.
func (i *instance) accept(c *connRec) {
	if c.accepted {
		return
	}
	c.accepted = true
	if c.state != nil {
		_, _ = c.state.t.Flush()
		c.state.t.Seal()
	}
	i.connChange(c)
	i.effect(actor.Accepted{Conn: c.info.ID})
	for _, j := range c.early {
		i.subscribe(c, j)
	}
	c.early = nil
}

func (i *instance) subscribe(c *connRec, j actor.Subscribe) {
	vm := i.iso.vm
	i.iso.call(i.iso.js.subscribe, i.js, vm.ToValue(c.slot), vm.ToValue(j.Event), vm.ToValue(j.On))
}

// connected ends the wait of a connection's acts: onConnect has ended.
func (i *instance) connected(c *connRec, ok bool) {
	c.ready, c.refused = true, !ok
	held := c.held
	c.held = nil
	if !ok || c.gone {
		for _, j := range held {
			i.effect(actor.Reply{Call: j.Call, Err: errs.New(errs.ConnectionLost, "The connection was closed: `onConnect` failed.")})
		}
		return
	}
	jobs := make([]actor.Job, len(held))
	for n, j := range held {
		jobs[n] = j
	}
	i.ahead(jobs)
}

// disconnect runs onDisconnect for a connection that was accepted.
func (i *instance) disconnect(id actor.ConnID) {
	c := i.byID[id]
	if c == nil || c.gone {
		return
	}
	c.gone = true
	if !c.accepted {
		return // connect sees that nobody waits any more
	}
	i.iso.call(i.iso.js.disconnect, i.js, i.iso.vm.ToValue(c.slot))
}

// remove forgets a connection: onDisconnect has ended.
func (i *instance) remove(c *connRec) {
	if c.removed {
		return
	}
	c.removed = true
	if c.accepted {
		o := i.outcome()
		o.Conns = append(o.Conns, actor.ConnChange{Conn: c.info.ID, Removed: true})
	}
	i.dropConn(c.slot)
}

// part notes that onDisconnect ran for a connection whose client stays.
func (i *instance) part(c *connRec) {
	if !c.removed && !c.gone {
		o := i.outcome()
		o.Conns = append(o.Conns, actor.ConnChange{Conn: c.info.ID, Parted: true})
	}
}

// resume ends a wait.
func (i *instance) resume(token actor.Token, v value.Value, err error) {
	w := i.waits[token]
	if w == nil {
		return
	}
	delete(i.waits, token)
	i.iso.become(w.ctx)
	w.done(v, err)
}

// await registers a wait of the running code.
func (i *instance) await(done func(value.Value, error)) actor.Token {
	i.lastToken++
	ctx := i.iso.cur
	if ctx == nil || ctx.inst != i {
		ctx = i.base
	}
	i.waits[i.lastToken] = &wait{ctx, done}
	return i.lastToken
}

// log notes a line of this actor.
func (i *instance) log(l actor.Log) {
	if l.Time.IsZero() {
		l.Time = i.iso.now()
	}
	l.Actor = &i.spec.Ref
	l.Call = i.from()
	o := i.outcome()
	o.Logs = append(o.Logs, l)
}

func (r *isolate) now() time.Time { return r.v.rt.o.Clock.Now() }
