package isolate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// maxStack is how many lines of a stack a log line shows.
const maxStack = 20

// errorOf is a thrown value as an error. Those of the SDK's classes keep code
// and metadata; all others are internal.
func (r *isolate) errorOf(v goja.Value) *errs.Error {
	o, ok := v.(*goja.Object)
	if !ok {
		msg := text(v)
		if msg == "" { // throw undefined, throw ""
			msg = "nothing was thrown as an error: " + r.inspect(v)
		}
		return &errs.Error{Code: errs.Internal, Msg: msg}
	}
	e := &errs.Error{Code: errs.Internal}
	if ex := r.vm.Try(func() { r.readError(e, o) }); ex != nil {
		why := r.inspect(ex.Value())
		if o, ok := ex.Value().(*goja.Object); ok && o.ClassName() == "Error" {
			_ = r.vm.Try(func() { why = text(o.Get("message")) })
		}
		e.Msg = "an error that can't be read: reading it threw " + why
		e.At = r.v.code.maps.At(ex.String())
	}
	return e
}

// readError fills e from an object that was thrown.
func (r *isolate) readError(e *errs.Error, o *goja.Object) {
	stack, hasStack := o.Get("stack").(goja.String)
	if hasStack {
		e.Stack = r.stack(stack.String())
		e.At = r.v.code.maps.At(stack.String())
	}
	e.Causes = r.causes(o, maxCauses)
	name, msg := text(o.Get("name")), text(o.Get("message"))
	marked := o.GetSymbol(r.fn.actorError)
	if marked == nil || !marked.ToBoolean() {
		code, isCode := o.Get("code").(goja.String)
		switch {
		case isCode && code.String() == string(errs.InvalidStateType):
			e.Code, e.Msg = errs.InvalidStateType, msg
		case hasStack || msg != "":
			e.Msg = msg
			if msg == "" {
				e.Msg = name
			} else if name != "Error" {
				e.Class = name
			}
		default:
			e.Msg = r.inspect(o)
		}
		return
	}
	e.Msg = msg
	if code := text(o.Get("code")); code != "" {
		e.Code = errs.Code(code)
	}
	if p := o.Get("public"); p != nil {
		e.Public = p.ToBoolean()
	}
	if s := o.Get("statusCode"); s != nil && e.Public {
		if n := int(s.ToInteger()); n >= 100 && n <= 599 && n != 400 {
			e.Status = n
		}
	}
	if m := o.Get("metadata"); m != nil && !goja.IsUndefined(m) {
		if v, err := jsvalue.ToValue(r.vm, m, jsvalue.Options{}); err == nil {
			e.Metadata = v
		}
	}
}

// maxCauses bounds how many errors below an error are told.
const maxCauses = 5

// causes are the errors that o was made of: its cause, and an AggregateError's
// errors, each with its stack, and theirs.
func (r *isolate) causes(o *goja.Object, most int) []string {
	var below []goja.Value
	if c := o.Get("cause"); c != nil && !goja.IsUndefined(c) {
		below = append(below, c)
	}
	if list, ok := o.Get("errors").(*goja.Object); ok && text(o.Get("name")) == "AggregateError" && jsvalue.IsArray(list) {
		for i := range min(list.Get("length").ToInteger(), int64(most)) {
			below = append(below, list.Get(strconv.FormatInt(i, 10)))
		}
	}
	var out []string
	for _, v := range below {
		if len(out) >= most {
			break
		}
		c, ok := v.(*goja.Object)
		if !ok || c.ClassName() != "Error" {
			out = append(out, r.inspect(v))
			continue
		}
		if stack, ok := c.Get("stack").(goja.String); ok {
			out = append(out, r.stack(stack.String()))
		} else {
			out = append(out, text(c.Get("message")))
		}
		out = append(out, r.causes(c, most-len(out))...)
	}
	return out
}

// errorFrom is what a goja call failed with as an error.
func (r *isolate) errorFrom(err error) *errs.Error {
	var e *errs.Error
	if errors.As(err, &e) {
		return e
	}
	var over *goja.StackOverflowError
	if errors.As(err, &over) {
		stack := over.String()
		return &errs.Error{Code: errs.Internal, Msg: "Maximum call stack size exceeded", Class: "RangeError",
			At: r.v.code.maps.At(stack), Stack: r.stack(stack), Err: errOverflow}
	}
	var stop *goja.InterruptedError
	if errors.As(err, &stop) {
		stack := stop.String()
		te := timedOut()
		te.Err = errTooLong
		switch {
		case errors.Is(stop, errNoMemory):
			te = outOfMemory()
		case errors.Is(stop, web.ErrTooDeep):
			te = &errs.Error{Code: errs.Internal, Msg: "Maximum call stack size exceeded", Class: "RangeError", Err: errOverflow}
		}
		te.At, te.Stack = r.v.code.maps.At(stack), r.stack(stack)
		return te
	}
	var ex *goja.Exception
	if errors.As(err, &ex) {
		e := r.errorOf(ex.Value())
		if e.Stack == "" {
			e.At, e.Stack = r.v.code.maps.At(ex.String()), r.stack(ex.String())
		}
		return e
	}
	var broke *breakdown
	if errors.As(err, &broke) {
		return &errs.Error{Code: errs.Internal, Msg: broke.Error(), Stack: broke.where(), Err: err}
	}
	return &errs.Error{Code: errs.Internal, Msg: err.Error(), Err: err}
}

// breakdown is a panic of the engine, or of ours below it: it ends the actor
// whose code ran. A script can't catch it.
type breakdown struct {
	cause any
	stack []byte
}

func (b *breakdown) Error() string { return fmt.Sprintf("the JavaScript engine failed: %v", b.cause) }

// where are the first functions that the panic rose through, for a report to
// those who make the engine.
func (b *breakdown) where() string {
	const most = 12
	lines := strings.Split(string(b.stack), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") {
			lines = lines[i:]
			break
		}
	}
	for i := len(lines) - 1; i > 0; i-- { // the panic that was first is last: it rose again at each level
		if strings.HasPrefix(lines[i], "panic(") {
			lines = lines[min(i+2, len(lines)):]
			break
		}
	}
	var out []string
	for i, line := range lines {
		if i%2 == 0 && len(out) < most {
			name, _, _ := strings.Cut(line, "({")
			out = append(out, "    at "+name[strings.LastIndexByte(name, '/')+1:])
		}
	}
	return strings.Join(out, "\n")
}

var errOverflow = errors.New("stack overflow")

// stack is a goja stack in TypeScript positions, shortened.
func (r *isolate) stack(s string) string {
	lines := strings.Split(s, "\n")
	if len(lines) > 4*maxStack { // a recursion: its ends tell enough
		lines = append(lines[:2*maxStack:2*maxStack], lines[len(lines)-maxStack:]...)
	}
	lines = strings.Split(r.v.code.maps.Stack(strings.Join(lines, "\n")), "\n")
	if len(lines) > maxStack {
		lines = append(lines[:maxStack:maxStack], "    …")
	}
	return strings.Join(lines, "\n")
}

// stackField is what a log line adds to an error's message: its class and stack.
func stackField(e *errs.Error) []actor.LogField {
	var fields []actor.LogField
	if e.Class != "" {
		fields = append(fields, actor.LogField{Key: "error", Value: e.Class})
	}
	stack := e.Stack
	for _, c := range e.Causes {
		stack += "\nCaused by: " + c
	}
	if stack = strings.TrimPrefix(stack, "\n"); stack != "" {
		fields = append(fields, actor.LogField{Key: "stack", Value: stack})
	}
	return fields
}

// position is the TypeScript position of the running code.
func (r *isolate) position() string {
	for _, f := range r.vm.CaptureCallStack(0, nil) {
		p := f.Position()
		m := r.v.code.maps[p.Filename]
		if m == nil {
			continue
		}
		if file, line, col, ok := m.Lookup(p.Line, p.Column); ok && !strings.Contains(file, "node_modules/") {
			return place(file, line, col)
		}
	}
	return ""
}

// throwable is err as an object to throw: an ActorError.
func (r *isolate) throwable(err error) goja.Value {
	e := errs.As(err)
	meta := goja.Value(goja.Undefined())
	if e.Metadata != nil {
		meta = r.value(e.Metadata)
	}
	msg := e.Msg
	v, ex := r.js.makeError(goja.Undefined(), r.vm.ToValue(string(e.Code)), r.vm.ToValue(msg), meta,
		r.vm.ToValue(e.Public && e.Code != errs.User), r.vm.ToValue(e.Status))
	if ex != nil {
		return r.vm.NewGoError(err)
	}
	if r.repl != nil {
		r.repl.remember(v, e)
	}
	return v
}

// throw throws err at the script that called a host function.
func (r *isolate) throw(err error) {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		panic(ex.Value())
	}
	panic(r.throwable(err))
}

// reportRejections logs the promises that were rejected and that nobody heard.
func (r *isolate) reportRejections() {
	for p, ctx := range r.reject {
		delete(r.reject, p)
		e := r.errorOf(p.Result())
		r.logFor(ctx, actor.Log{Level: actor.LogError, Msg: "unhandled rejection: " + e.Msg, At: e.At, Fields: stackField(e)})
	}
}

// logFor logs a line of ctx's actor, or of the server isolate.
func (r *isolate) logFor(ctx *asyncContext, l actor.Log) {
	if ctx == nil || ctx.inst == nil {
		l.Time = r.now()
		if r.server || l.Level >= actor.LogError {
			r.v.rt.o.ServerLog(l)
		}
		return
	}
	if !ctx.inst.over.Load() {
		r.touch(ctx.inst)
		ctx.inst.log(l)
	}
}

// crashed deals with what no script could catch: its actor ends, and is started
// again from what is durable.
func (r *isolate) crashed() {
	err := r.errorFrom(r.crash)
	ctx := r.cur
	r.crash = nil
	r.tracker.reset()
	r.mend()
	if r.repl != nil {
		r.repl.crashed(err)
		return
	}
	l := actor.Log{Level: actor.LogError, Msg: err.Msg, At: err.At, Fields: stackField(err)}
	if ctx == nil || ctx.inst == nil {
		r.logFor(nil, l)
		return
	}
	i := ctx.inst
	if i.over.Load() {
		return
	}
	r.touch(i)
	i.out = nil // the turn did not happen, but for what it was stopped with
	if i.state != nil {
		i.state.t.Close()
		i.state = nil
	}
	i.dirty = nil
	call := err
	if ctx.inv != nil {
		l.Fields = append([]actor.LogField{{Key: "action", Value: ctx.inv.action}}, l.Fields...)
		i.reply(ctx.inv.call, value.Undefined{}, call)
	}
	i.log(l)
	i.end(err)
}

// mend makes the runtime usable again after a crash, or has it discarded.
func (r *isolate) mend() {
	if r.interrupted.Load() && !r.server {
		return // it is discarded anyway
	}
	r.cur = nil
	if r.repairer != nil && r.repairer.repair(r.vm) {
		r.stopAt.Store(0)
		r.interrupted.Store(false)
		return
	}
	r.v.rt.o.Log.Error("a JavaScript runtime could not be repaired after a crash", "server", r.server)
	r.interrupted.Store(true)
	if r.repl != nil {
		r.repl.abandoned()
	}
}

func text(v goja.Value) string {
	if v == nil || goja.IsUndefined(v) {
		return ""
	}
	if _, ok := v.(*goja.Symbol); ok {
		return "a symbol"
	}
	return v.String()
}

func place(file string, line, col int) string {
	return file + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(col)
}
