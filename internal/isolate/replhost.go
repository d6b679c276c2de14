package isolate

import (
	"context"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// log keeps a line of the console for the line's result.
func (s *REPL) log(l actor.Log) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.logs) < maxLineLogs {
		s.logs = append(s.logs, l)
	}
	select {
	case s.stir <- struct{}{}:
	default:
	}
}

// Complete finds what may follow a path of names. It runs no code of the
// user's, and gives up when ctx ends.
func (s *REPL) Complete(ctx context.Context, path []string) (out actor.LinePath, err error) {
	err = s.enter(ctx, func() {
		v := s.r.call(s.js.complete, s.r.vm.ToValue(list(path)))
		o, ok := v.(*goja.Object)
		if !ok {
			return
		}
		data, cerr := jsvalue.ToValue(s.r.vm, o, jsvalue.Options{})
		if cerr != nil {
			return
		}
		obj, _ := data.(*value.Object)
		f := fields{obj}
		out.Type = f.str("type")
		for _, w := range f.list("words") {
			word, _ := w.(*value.Object)
			out.Words = append(out.Words, actor.LineWord{Text: fields{word}.str("text"), Kind: fields{word}.str("kind")})
		}
	})
	return out, err
}

// hostState is the used actor's state.
func (s *REPL) hostState(goja.FunctionCall) goja.Value {
	v, err := s.o.Host.State()
	if err != nil {
		s.r.throw(err)
	}
	return s.r.value(v)
}

// hostList is a promise of the actors of a type.
func (s *REPL) hostList(c goja.FunctionCall) goja.Value {
	typ, filter := text(c.Argument(0)), text(c.Argument(1))
	return s.r.outside(func() (value.Value, error) { return s.o.Host.List(typ, filter) })
}

// replActors are the actors as lines reach them: a call ends with its line.
type replActors struct {
	Actors
	s *REPL
}

// Connect is Actors'.
func (a replActors) Connect(ctx context.Context, spec actor.ConnectSpec, peer actor.Peer) (actor.Link, error) {
	a.s.mu.Lock()
	spec.Caller.Via = a.s.via
	a.s.mu.Unlock()
	return a.Actors.Connect(ctx, spec, peer)
}

// Call is Actors'.
func (a replActors) Call(ctx context.Context, spec actor.CallSpec) (value.Value, error) {
	a.s.mu.Lock()
	run := a.s.run
	spec.Caller.Via = a.s.via
	a.s.mu.Unlock()
	if run != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(run.calls, cancel)()
	}
	return a.Actors.Call(ctx, spec)
}
