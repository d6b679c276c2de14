package isolate

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// rejected makes the result of what a line threw.
func (s *REPL) rejected(run *lineRun, v goja.Value) {
	if run.over.Load() {
		return
	}
	e := s.whole(v)
	s.r.call(s.js.failed, v)
	run.finish(actor.LineResult{Value: value.Undefined{}, Err: e, Thrown: s.thrownParts(e, v)})
}

// origin keeps on an error what JavaScript doesn't see of it: where the actor
// threw it, and what to do about it.
var origin = goja.NewSymbol("rivet.origin")

func (s *REPL) remember(v goja.Value, e *errs.Error) {
	if o, ok := v.(*goja.Object); ok {
		_ = o.DefineDataPropertySymbol(origin, s.r.vm.ToValue(e), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE) // else less is told
	}
}

// whole is a thrown value as an error, with its origin if it is an actor's.
func (s *REPL) whole(v goja.Value) *errs.Error {
	e := s.r.errorOf(v)
	o, ok := v.(*goja.Object)
	if !ok {
		return s.thrown(e)
	}
	var from *errs.Error
	if ex := s.r.vm.Try(func() {
		if x := o.GetSymbol(origin); x != nil {
			from, _ = x.Export().(*errs.Error)
		}
	}); ex != nil {
		s.r.noteErr(ex)
	}
	if from == nil {
		return s.thrown(e)
	}
	out := *from
	if out.At == "" {
		out.At = e.At
	}
	out.Stack = frames(from.Stack) + "\n" + frames(e.Stack)
	return &out
}

// thrown is an error of a line: one that has no code of its own gets ours.
func (s *REPL) thrown(e *errs.Error) *errs.Error {
	if e.Code == errs.Internal && e.Err == nil && !e.Public {
		c := *e
		c.Code = Uncaught
		return &c
	}
	return e
}

// thrownParts is an error as people see it.
func (s *REPL) thrownParts(e *errs.Error, v goja.Value) []actor.LinePart {
	o, ok := v.(*goja.Object)
	if !ok || e.Stack == "" {
		out, err := web.Inspect(s.r.vm, v, web.InspectOptions{Depth: s.o.Depth, Styled: true})
		if err != nil {
			s.r.noteErr(err)
			return errorParts(e, "")
		}
		return append([]actor.LinePart{{Style: "error", Text: "Uncaught "}}, web.Parts(out)...)
	}
	name := "Error"
	if ex := s.r.vm.Try(func() {
		if n := text(o.Get("name")); n != "" {
			name = n
		}
	}); ex != nil {
		s.r.noteErr(ex)
	}
	return errorParts(e, name)
}

// errorParts are an error's head, with the code that it has, and its stack.
func errorParts(e *errs.Error, name string) []actor.LinePart {
	head := "Uncaught " + name
	switch {
	case name == "":
		head = e.Msg
	case e.Msg != "" && e.Msg != name:
		head += ": " + e.Msg
	}
	parts := []actor.LinePart{{Style: "error", Text: head}}
	if e.Code != Uncaught {
		parts = append(parts, actor.LinePart{Style: "muted", Text: " [" + string(e.Code) + "]"})
	}
	if f := frames(e.Stack); f != "" {
		parts = append(parts, actor.LinePart{Style: "muted", Text: "\n" + f})
	}
	return parts
}

// crashed is told what no script could catch.
func (s *REPL) crashed(err *errs.Error) {
	switch err.Code {
	case errs.ActionTimedOut:
		s.mu.Lock()
		run := s.run
		s.mu.Unlock()
		if run == nil {
			s.log(actor.Log{Level: actor.LogError, Msg: "code of an earlier line ran for too long; it was stopped", Time: s.r.now()})
			return
		}
		err = stopped(errTooLong, run.limit)
	case errs.OutOfMemory:
		err = (&errs.Error{Code: errs.OutOfMemory, Msg: "The line took too much memory; it was stopped.", At: err.At, Stack: err.Stack}).
			WithHint("Variables that hold much can be let go of: x = undefined.")
	}
	s.fail(s.thrown(err), nil)
}

// fail ends the line that runs with an error.
func (s *REPL) fail(err *errs.Error, v goja.Value) {
	s.mu.Lock()
	run := s.run
	s.mu.Unlock()
	if run == nil {
		return
	}
	if v == nil {
		if js, ex := s.r.js.makeError(goja.Undefined(), s.r.vm.ToValue(string(err.Code)), s.r.vm.ToValue(err.Msg), goja.Undefined(), s.r.vm.ToValue(false), s.r.vm.ToValue(0)); ex == nil {
			v = js
		}
	}
	if v != nil {
		s.r.call(s.js.failed, v)
	}
	run.finish(actor.LineResult{Value: value.Undefined{}, Err: err, Thrown: errorParts(err, err.Class)})
}
