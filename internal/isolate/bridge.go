package isolate

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// hooks are the functions of the TypeScript half (sdk/runtime/boot.ts) that Go calls.
type hooks struct {
	describe, make, start, drop, part                         goja.Callable
	invoke, act, run, connect, disconnect, subscribe          goja.Callable
	restore, stateChanged, makeError, authorize, fetch, watch goja.Callable
	allowOrigin, serveFetch, socket, app, repl, initial       goja.Callable
	withStateHook                                             map[string]bool
}

func (h *hooks) hasStateHook(i *instance) bool { return h.withStateHook[i.def.Name] }

// take reads the functions that boot returned.
func (h *hooks) take(o *goja.Object) {
	for name, dst := range map[string]*goja.Callable{
		"describe": &h.describe, "make": &h.make, "start": &h.start, "drop": &h.drop, "part": &h.part,
		"invoke": &h.invoke, "act": &h.act, "run": &h.run, "connect": &h.connect, "disconnect": &h.disconnect,
		"subscribe": &h.subscribe, "restore": &h.restore, "stateChanged": &h.stateChanged, "watch": &h.watch, "makeError": &h.makeError,
		"authorize": &h.authorize, "allowOrigin": &h.allowOrigin, "serveFetch": &h.serveFetch, "fetch": &h.fetch, "socket": &h.socket, "app": &h.app, "repl": &h.repl, "initial": &h.initial,
	} {
		if f, ok := goja.AssertFunction(o.Get(name)); ok {
			*dst = f
		} else {
			*dst = func(goja.Value, ...goja.Value) (goja.Value, error) { return goja.Undefined(), nil }
		}
	}
}

// jsFunctions are intrinsics, taken before user code can replace them.
type jsFunctions struct {
	actorError *goja.Symbol
	str        goja.Callable
}

// hostFunc is a function of an actor; a call for one that is over does nothing.
type hostFunc func(i *instance, args []goja.Value) goja.Value

// arg is args[n], undefined if it is missing.
func arg(args []goja.Value, n int) goja.Value {
	if n < len(args) {
		return args[n]
	}
	return goja.Undefined()
}

// hostObject is what boot gets: everything that scripts can ask of the host.
func (r *isolate) hostObject() *goja.Object {
	o := r.vm.NewObject()
	_ = o.Set("server", r.server)
	for name, f := range r.actorFuncs() {
		_ = o.Set(name, func(call goja.FunctionCall) goja.Value {
			i := r.insts[call.Argument(0).ToInteger()]
			if i == nil || i.over.Load() {
				return goja.Undefined()
			}
			r.touch(i)
			if v := f(i, call.Arguments[1:]); v != nil {
				return v
			}
			return goja.Undefined()
		})
	}
	for name, f := range r.plainFuncs() {
		_ = o.Set(name, f)
	}
	return o
}

// actorFuncs are the functions whose first argument names the actor.
func (r *isolate) actorFuncs() map[string]hostFunc {
	return map[string]hostFunc{
		"started":   func(i *instance, _ []goja.Value) goja.Value { i.hasStarted(); return nil },
		"failed":    func(i *instance, a []goja.Value) goja.Value { i.failStart(r.errorOf(arg(a, 0))); return nil },
		"state":     hostState,
		"setState":  hostSetState,
		"reply":     hostReply,
		"fail":      hostFail,
		"keep":      hostKeep,
		"settle":    hostSettle,
		"broadcast": hostBroadcast,
		"send":      hostSend,
		"busy":      func(i *instance, _ []goja.Value) goja.Value { i.work.Actions++; return nil },
		"idle":      func(i *instance, _ []goja.Value) goja.Value { i.work.Actions--; return nil },
		"background": func(i *instance, a []goja.Value) goja.Value {
			i.work.Background += int(arg(a, 0).ToInteger())
			return nil
		},
		"permit":   hostPermit,
		"deadline": hostDeadline,
		"cancel":   hostCancel,
		"schedule": hostSchedule,
		"log":      hostLog,
		"logError": hostLogError,

		"connInfo":     hostConnInfo,
		"connState":    hostConnState,
		"setConnState": hostSetConnState,
		"accept":       withConn(func(i *instance, c *connRec, _ []goja.Value) goja.Value { i.accept(c); return nil }),
		"connected": withConn(func(i *instance, c *connRec, a []goja.Value) goja.Value {
			i.connected(c, arg(a, 0).ToBoolean())
			return nil
		}),
		"remove":    withConn(func(i *instance, c *connRec, _ []goja.Value) goja.Value { i.remove(c); return nil }),
		"part":      withConn(func(i *instance, c *connRec, _ []goja.Value) goja.Value { i.part(c); return nil }),
		"closeConn": withConn(hostCloseConn),
		"isGone":    withConn(func(i *instance, c *connRec, _ []goja.Value) goja.Value { return r.vm.ToValue(c.gone) }),

		"socketSend":  hostSocketSend,
		"socketClose": hostSocketClose,

		"clientCall":    hostClientCall,
		"clientResolve": hostClientResolve,
		"mayWait":       hostMayWait,
		"clientConnect": hostClientConnect,
		"clientFetch":   hostClientFetch,
		"clientSocket":  hostClientSocket,
		"linkAct":       hostLinkAct,
		"linkSubscribe": hostLinkSubscribe,
		"linkClose":     hostLinkClose,
	}
}

// withConn is a function whose second argument names a connection.
func withConn(f func(i *instance, c *connRec, args []goja.Value) goja.Value) hostFunc {
	return func(i *instance, args []goja.Value) goja.Value {
		c := i.conns[arg(args, 0).ToInteger()]
		if c == nil {
			return nil
		}
		return f(i, c, args[1:])
	}
}

// value builds v in this runtime.
func (r *isolate) value(v value.Value) goja.Value { return jsvalue.FromValue(r.vm, v) }

// message takes a snapshot of what leaves the actor; what can't is thrown.
func (r *isolate) message(v goja.Value) value.Value {
	if _, ok := v.(*goja.Object); ok {
		r.syncStates()
	}
	out, err := jsvalue.ToValue(r.vm, v, jsvalue.Options{})
	if err != nil {
		r.throw(err)
	}
	return out
}

// messages are snapshots of several values.
func (r *isolate) messages(vs []goja.Value) []value.Value {
	if len(vs) == 0 {
		return nil
	}
	out := make([]value.Value, len(vs))
	for n, v := range vs {
		out[n] = r.message(v)
	}
	return out
}

func hostState(i *instance, _ []goja.Value) goja.Value {
	if i.state == nil {
		return nil
	}
	return i.state.t.Root()
}

func hostSetState(i *instance, a []goja.Value) goja.Value {
	if i.state == nil {
		return nil
	}
	if err := i.state.t.SetRoot(arg(a, 0)); err != nil {
		i.iso.throw(err)
	}
	return i.state.t.Root()
}

// hostReply(actor, call, output) answers a call.
func hostReply(i *instance, a []goja.Value) goja.Value {
	call := actor.CallID(arg(a, 0).ToInteger())
	if i.calls[call] == nil {
		return nil
	}
	i.reply(call, i.iso.message(arg(a, 1)), nil)
	return nil
}

// hostFail(actor, call, error, what?) answers a call with what was thrown.
func hostFail(i *instance, a []goja.Value) goja.Value {
	call := actor.CallID(arg(a, 0).ToInteger())
	err := i.iso.errorOf(arg(a, 1))
	run := i.calls[call]
	if !err.Public || len(err.Causes) > 0 {
		if err.At == "" && run != nil {
			err.At = i.placeOf(run.inv.action)
		}
		l := actor.Log{Level: actor.LogError, Msg: err.Msg, At: err.At}
		if err.Public { // it is meant for the caller; the cause, for whoever reads this
			l.Level = actor.LogWarn
		}
		if run != nil && run.inv.action != "" {
			l.Fields = append(l.Fields, actor.LogField{Key: "action", Value: run.inv.action})
		}
		l.Fields = append(l.Fields, stackField(err)...)
		i.log(l)
		err.Logged = true
	}
	i.reply(call, value.Undefined{}, err)
	return nil
}

func (r *isolate) event(a []goja.Value) *actor.Event {
	return &actor.Event{Name: text(arg(a, 0)), Args: r.messages(a[min(1, len(a)):])}
}

// hostBroadcast(actor, name, ...args)
func hostBroadcast(i *instance, a []goja.Value) goja.Value {
	i.effect(actor.Broadcast{Event: i.iso.event(a), Call: i.from()})
	return nil
}

// hostSend(actor, slot, name, ...args)
func hostSend(i *instance, a []goja.Value) goja.Value {
	c := i.conns[arg(a, 0).ToInteger()]
	ev := i.iso.event(a[min(1, len(a)):])
	if c != nil && c.lasting && !c.accepted && !c.removed {
		i.iso.throw(errs.Wrap(errs.Internal, nil, "send() before the connection was accepted: onConnect is the first that may"))
	}
	if c != nil && c.lasting && !c.gone {
		i.effect(actor.Send{Conn: c.info.ID, Event: ev, Call: i.from()})
	}
	return nil
}

// hostPermit(actor) is a promise that is fulfilled when all so far is durable.
func hostPermit(i *instance, _ []goja.Value) goja.Value {
	p, settle := i.promise()
	i.permit(func(err error) { settle(value.Undefined{}, err) })
	return p
}

// promise is a promise and what settles it, in a turn.
func (i *instance) promise() (goja.Value, func(value.Value, error)) {
	r := i.iso
	p, resolve, reject := r.vm.NewPromise()
	return r.vm.ToValue(p), func(v value.Value, err error) {
		if err != nil {
			r.noteErr(reject(r.throwable(err)))
			return
		}
		r.noteErr(resolve(r.value(v)))
	}
}

// noteErr keeps an error that no script can catch.
func (r *isolate) noteErr(err error) {
	if err != nil {
		r.uncatchable(err)
	}
}

// hostKeep(actor, call) has the call's connection outlive its answer.
func hostKeep(i *instance, a []goja.Value) goja.Value {
	if run := i.calls[actor.CallID(arg(a, 0).ToInteger())]; run != nil {
		run.kept = true
	}
	return nil
}

// settling is a promise that an action returned in this turn.
type settling struct {
	call    actor.CallID
	ctx     *asyncContext
	promise *goja.Promise
	value   goja.Value
}

// hostSettle(actor, call, promise) answers when the promise settles. Most do
// before the turn ends: they need no reaction then.
func hostSettle(i *instance, a []goja.Value) goja.Value {
	call := actor.CallID(arg(a, 0).ToInteger())
	if o, ok := arg(a, 1).(*goja.Object); ok {
		if p, ok := o.Export().(*goja.Promise); ok {
			i.settling = append(i.settling, settling{call, i.iso.cur, p, o})
			return nil
		}
	}
	i.iso.call(i.iso.js.watch, i.js, arg(a, 0), arg(a, 1))
	return nil
}

// settlePromises answers the calls whose promises have settled in this turn.
func (i *instance) settlePromises() {
	for n := 0; n < len(i.settling) && i.iso.crash == nil && i.js != nil; n++ {
		s := i.settling[n]
		i.iso.as(s.ctx, func() { i.settleOne(s) })
	}
	clear(i.settling)
	i.settling = i.settling[:0]
}

func (i *instance) settleOne(s settling) {
	r := i.iso
	js := r.vm.ToValue(int64(s.call))
	switch s.promise.State() {
	case goja.PromiseStatePending:
		r.call(r.js.watch, i.js, js, s.value)
	case goja.PromiseStateRejected:
		delete(r.reject, s.promise)
		hostFail(i, []goja.Value{js, s.promise.Result()})
	case goja.PromiseStateFulfilled:
		if _, ok := s.promise.Result().(*goja.Object); ok {
			r.syncStates()
		}
		out, err := jsvalue.ToValue(r.vm, s.promise.Result(), jsvalue.Options{})
		if err == nil {
			i.reply(s.call, out, nil)
		} else if !r.uncatchable(err) {
			e := r.errorFrom(err)
			i.log(actor.Log{Level: actor.LogError, Msg: e.Msg, At: e.At, Fields: stackField(e)})
			i.reply(s.call, value.Undefined{}, e)
		}
	}
}
