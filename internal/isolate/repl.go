package isolate

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/isolate/sourcemap"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

const (
	// LineTimedOut and Interrupted are the codes of lines that were stopped.
	LineTimedOut errs.Code = "line_timed_out"
	Interrupted  errs.Code = "interrupted"
	// Uncaught is the code of what a line threw that has no code of its own.
	Uncaught errs.Code = "uncaught"
)

const (
	maxLineLogs = 1000
	maxLineMaps = 1000            // of functions of earlier lines whose positions are told
	betweenTurn = 5 * time.Second // how long a turn may take that no line waits for
)

// REPLOptions configure a REPL.
type REPLOptions struct {
	Actors Actors         // whom its code calls; required
	Host   actor.LineHost // required
	Depth  int            // of printed values; 0: 3
}

// REPL is an isolate of its own, without a bundle, in which lines are evaluated
// one after another as a server-side caller. What they declare stays. Its
// methods may be called from any goroutine. Close ends it.
type REPL struct {
	v    *Version
	r    *isolate
	o    REPLOptions
	turn chan struct{} // holds a token while a line runs
	stir chan struct{} // cap 1: there are logs
	js   replHooks

	mu    sync.Mutex
	run   *lineRun // the line that runs
	logs  []actor.Log
	lost  bool
	via   string   // of the last line
	names []string // of lines whose maps are kept
}

// replHooks are the functions of sdk/runtime/repl.ts.
type replHooks struct{ scope, run, result, failed, complete goja.Callable }

// lineRun is a line on its way.
type lineRun struct {
	line *actor.Line
	done chan actor.LineResult // cap 1
	over atomic.Bool
	stop context.CancelCauseFunc
	// calls ends when the line is stopped; calls that outlive a line go on.
	calls context.Context
	hangs context.CancelFunc
	limit time.Duration
}

// NewREPL starts an isolate for lines.
func (rt *Runtime) NewREPL(o REPLOptions) (*REPL, error) {
	if o.Depth == 0 {
		o.Depth = 3
	}
	rt.mu.Lock()
	sdk := rt.programs[rt.o.SDK.Hash]
	rt.mu.Unlock()
	if sdk == nil {
		var err error
		if sdk, err = compileScript(&rt.o.SDK); err != nil {
			return nil, errs.Wrap(errs.Internal, err, "compile the SDK")
		}
	}
	s := &REPL{o: o, turn: make(chan struct{}, 1), stir: make(chan struct{}, 1)}
	own := &Runtime{o: rt.o}
	own.env.Store(rt.env.Load())
	own.o.Actors, own.o.ServerLog, own.o.Memory = replActors{o.Actors, s}, s.log, 0
	s.v = &Version{rt: own, code: &code{bundle: &actor.Bundle{}, sdk: sdk, maps: sourcemap.Set{}},
		registry: &actor.Registry{}, insts: map[*instance]*isolate{}, serving: make(chan struct{})}
	s.v.Serve()
	s.v.ctx, s.v.cancel = context.WithCancel(context.Background())
	s.v.dog = newWatchdog(s.v, rt.o.StuckAfter)
	s.r = newIsolate(s.v, true)
	s.r.repl, s.v.server = s, s.r
	s.v.publish()
	s.v.bg.Go(s.v.dog.run)
	s.v.bg.Go(s.watchMemory)
	booted := make(chan error, 1)
	s.v.spawnREPL(s.r, booted, s.boot)
	if err := <-booted; err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// spawnREPL starts the isolate's goroutine; see spawn.
func (v *Version) spawnREPL(r *isolate, booted chan<- error, begin func() error) {
	v.bg.Add(1)
	go func() {
		defer func() {
			close(r.done)
			if !r.abandoned.Load() {
				v.bg.Done()
			}
		}()
		err := r.boot()
		if err == nil {
			r.turn(nil, func() { err = begin() })
		}
		r.booting.Store(false)
		booted <- err
		if err == nil {
			r.loop()
		}
	}()
}

// boot takes the TypeScript half.
func (s *REPL) boot() error {
	host := s.r.vm.NewObject()
	for name, f := range map[string]func(goja.FunctionCall) goja.Value{
		"state": s.hostState, "list": s.hostList,
		"isProxy": func(c goja.FunctionCall) goja.Value { return s.r.vm.ToValue(isProxy(c.Argument(0))) },
	} {
		if err := host.Set(name, f); err != nil {
			return errs.Wrap(errs.Internal, err, "start the REPL")
		}
	}
	out, err := s.r.js.repl(goja.Undefined(), host)
	if err != nil {
		return errs.Wrap(errs.Internal, err, "start the REPL")
	}
	o := out.ToObject(s.r.vm)
	for name, to := range map[string]*goja.Callable{
		"scope": &s.js.scope, "run": &s.js.run, "result": &s.js.result, "failed": &s.js.failed, "complete": &s.js.complete,
	} {
		f, ok := goja.AssertFunction(o.Get(name))
		if !ok {
			return errs.New(errs.Internal, "the SDK's REPL has no %s", name)
		}
		*to = f
	}
	return nil
}

func isProxy(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	return ok && o.ExportType() == reflect.TypeFor[goja.Proxy]() // Export would run getters
}

// Close ends the isolate; a line that runs fails.
func (s *REPL) Close() {
	s.Interrupt()
	s.v.Close()
}

// Scope sets what lines see from now on; their variables stay.
func (s *REPL) Scope(ctx context.Context, sc actor.LineScope) error {
	return s.enter(ctx, func() {
		used := goja.Value(goja.Undefined())
		if u := sc.Used; u != nil {
			used = s.r.vm.ToValue(map[string]any{"name": u.Name, "key": list(u.Key), "id": string(u.ID), "actions": list(u.Actions)})
		}
		s.r.call(s.js.scope, s.r.vm.ToValue(list(sc.Types)), used)
	})
}

// list is names as JavaScript's own array.
func list[T ~[]string](names T) []any {
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}

// enter runs f on the isolate's goroutine, when no line runs.
func (s *REPL) enter(ctx context.Context, f func()) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := s.r.do(ctx, f); err != nil {
		return errs.Wrap(errs.Internal, err, "enter the REPL")
	}
	return nil
}

// Eval runs a line and waits for its result, at most for limit. One line runs
// at a time; others wait.
func (s *REPL) Eval(ctx context.Context, line *actor.Line, limit time.Duration) actor.LineResult {
	began := time.Now()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return actor.LineResult{Value: value.Undefined{}, Err: stopped(context.Cause(ctx), limit)}
	}
	prog, err := compileScript(&line.Script)
	if err != nil {
		return actor.LineResult{Value: value.Undefined{}, Err: errs.Wrap(errs.Internal, err, "compile a line")}
	}
	run := &lineRun{line: line, done: make(chan actor.LineResult, 1), limit: limit}
	run.calls, run.hangs = context.WithCancel(context.Background())
	ctx, run.stop = context.WithCancelCause(ctx)
	defer run.stop(nil)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTooLong)
	defer cancel()
	s.mu.Lock()
	s.run, s.via = run, line.Via
	s.mu.Unlock()
	s.r.until.Store(began.Add(limit + 10*tick).UnixNano()) // later than ctx, which tells why
	var res actor.LineResult
	if !s.r.post(nil, func() { s.begin(run, prog) }) {
		res = s.gone()
	} else {
		res = s.await(ctx, run)
	}
	s.r.until.Store(0)
	s.mu.Lock()
	s.run = nil
	res.Logs, s.logs = s.logs, nil
	res.Lost = res.Lost || s.lost
	s.mu.Unlock()
	res.Took = time.Since(began)
	return res
}

// await waits for a line and tells what it logs meanwhile.
func (s *REPL) await(ctx context.Context, run *lineRun) actor.LineResult {
	for {
		select {
		case res := <-run.done:
			return res
		case <-ctx.Done():
			return s.halt(run, stopped(context.Cause(ctx), run.limit))
		case <-s.stir:
			if run.line.Log == nil {
				continue
			}
			s.mu.Lock()
			logs := s.logs
			s.logs = nil
			s.mu.Unlock()
			for _, l := range logs {
				run.line.Log(l)
			}
		}
	}
}

// stopped is why a line has no result.
func stopped(cause error, limit time.Duration) *errs.Error {
	if errors.Is(cause, errTooLong) {
		return (&errs.Error{Code: LineTimedOut, Msg: "The line took longer than " + limit.String() + "; it was stopped."}).
			WithHint("What it asked of actors goes on there. --timeout gives lines more time.")
	}
	return &errs.Error{Code: Interrupted, Msg: "The line was interrupted."}
}

// halt stops a line; the isolate is waited for, so that the next line finds it
// back in its loop.
func (s *REPL) halt(run *lineRun, why *errs.Error) actor.LineResult {
	res := actor.LineResult{Value: value.Undefined{}, Err: why}
	run.hangs()
	s.r.busy.Lock()
	if s.r.since.Load() != 0 {
		s.r.interrupt(errTooLong, time.Now().UnixNano())
	}
	s.r.busy.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 4*deafness)
	defer cancel()
	if s.r.do(ctx, func() { run.over.Store(true); s.fail(why, nil) }) != nil {
		s.mu.Lock()
		s.lost = true
		s.mu.Unlock()
	}
	return res
}

// gone is the result of a line whose isolate has ended.
func (s *REPL) gone() actor.LineResult {
	s.mu.Lock()
	s.lost = true
	s.mu.Unlock()
	return actor.LineResult{Value: value.Undefined{}, Lost: true, Err: (&errs.Error{Code: Interrupted,
		Msg: "JavaScript did not heed an interrupt, so its isolate was given up."}).WithHint("Variables are gone; the next line starts afresh.")}
}

// Interrupt stops the line that runs; it reports whether there was one.
func (s *REPL) Interrupt() bool {
	s.mu.Lock()
	run := s.run
	s.mu.Unlock()
	if run == nil {
		return false
	}
	run.stop(errInterrupted)
	return true
}

var errInterrupted = errors.New("interrupted")

// begin enters a line, on the isolate's goroutine.
func (s *REPL) begin(run *lineRun, prog *goja.Program) {
	s.keepMap(&run.line.Script)
	vm := s.r.vm
	f, err := vm.RunProgram(prog)
	if err == nil {
		names := make([]any, len(run.line.Names))
		for i, n := range run.line.Names {
			names[i] = map[string]any{"name": n.Name, "keep": n.Keep}
		}
		done := func(c goja.FunctionCall) goja.Value { s.fulfilled(run, c.Argument(0)); return goja.Undefined() }
		failed := func(c goja.FunctionCall) goja.Value { s.rejected(run, c.Argument(0)); return goja.Undefined() }
		_, err = s.js.run(goja.Undefined(), f, vm.ToValue(names), vm.ToValue(list(run.line.Implicit)), vm.ToValue(done), vm.ToValue(failed))
	}
	if err == nil || s.r.uncatchable(err) {
		return
	}
	var ex *goja.Exception
	if errors.As(err, &ex) {
		s.rejected(run, ex.Value())
		return
	}
	run.finish(actor.LineResult{Value: value.Undefined{}, Err: errs.As(err)})
}

// keepMap lets positions in the line, and in functions that it makes, be told.
func (s *REPL) keepMap(sc *actor.Script) {
	if s.v.code.maps[sc.Name] == nil {
		s.names = append(s.names, sc.Name)
	}
	s.v.code.maps[sc.Name] = sourcemap.New(*sc)
	if len(s.names) > maxLineMaps {
		delete(s.v.code.maps, s.names[0])
		s.names = s.names[1:]
	}
}

func (run *lineRun) finish(res actor.LineResult) {
	if run.over.CompareAndSwap(false, true) {
		run.done <- res
	}
}

// Show prints plain data as if a line had come to it; it is _ then.
func (s *REPL) Show(ctx context.Context, v value.Value) (parts []actor.LinePart, err error) {
	eerr := s.enter(ctx, func() {
		js := s.r.value(v)
		s.r.call(s.js.result, js)
		var text string
		text, err = web.Inspect(s.r.vm, js, web.InspectOptions{Depth: s.o.Depth, Styled: true})
		parts = web.Parts(text)
	})
	return parts, errors.Join(err, eerr)
}

// fulfilled makes the result of what a line came to.
func (s *REPL) fulfilled(run *lineRun, v goja.Value) {
	if run.over.Load() {
		return
	}
	res := actor.LineResult{Value: value.Undefined{}}
	if run.line.Value {
		s.r.call(s.js.result, v)
		if !goja.IsUndefined(v) {
			text, err := web.Inspect(s.r.vm, v, web.InspectOptions{Depth: s.o.Depth, Styled: true})
			if err != nil {
				if !s.r.uncatchable(err) {
					run.finish(actor.LineResult{Value: value.Undefined{}, Err: s.thrown(s.r.errorFrom(err))})
				}
				return
			}
			res.Parts, res.Value = web.Parts(text), s.plain(v)
		}
	}
	run.finish(res)
}

// plain is v as data: what isn't data is left out, as in a message.
func (s *REPL) plain(v goja.Value) value.Value {
	out, err := jsvalue.ToValue(s.r.vm, v, jsvalue.Options{})
	if err != nil {
		s.r.noteErr(err)
		return value.Undefined{}
	}
	return out
}

// abandoned is told that the isolate was given up; from the watchdog's goroutine.
func (s *REPL) abandoned() {
	s.mu.Lock()
	s.lost = true
	run := s.run
	s.mu.Unlock()
	if run != nil {
		run.finish(s.gone())
	}
}

// Lost reports whether the isolate was given up: it evaluates nothing any more.
func (s *REPL) Lost() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}
