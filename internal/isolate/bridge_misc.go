package isolate

import (
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// hostSchedule(actor, epochMs, action, ...args) sets an alarm; the promise is
// fulfilled when it is durable.
func hostSchedule(i *instance, a []goja.Value) goja.Value {
	at := time.UnixMilli(arg(a, 0).ToInteger())
	o := i.outcome()
	args := i.iso.messages(a[min(2, len(a)):])
	o.Alarms = append(o.Alarms, actor.AlarmChange{ID: actor.AlarmID(uuid.NewString()), At: at, Action: text(arg(a, 1)), Args: args})
	return hostPermit(i, nil)
}

// deadline is a callback of the TypeScript half at a time.
type deadline struct{ stop func() bool }

// hostDeadline(actor, ms, callback) calls back unless it is cancelled; it
// returns the callback's number.
func hostDeadline(i *instance, a []goja.Value) goja.Value {
	fn, ok := goja.AssertFunction(arg(a, 1))
	if !ok {
		return nil
	}
	i.lastToken++
	token, ctx := i.lastToken, i.iso.cur
	stop := i.v.rt.o.Clock.AfterFunc(time.Duration(arg(a, 0).ToFloat()*float64(time.Millisecond)), func() {
		i.iso.post(i.base, func() {
			if i.deadlines[token] == nil {
				return
			}
			delete(i.deadlines, token)
			i.iso.become(ctx)
			i.iso.call(fn)
		})
	})
	if i.deadlines == nil {
		i.deadlines = map[actor.Token]*deadline{}
	}
	i.deadlines[token] = &deadline{stop}
	return i.iso.vm.ToValue(int64(token))
}

// hostCancel(actor, number)
func hostCancel(i *instance, a []goja.Value) goja.Value {
	token := actor.Token(arg(a, 0).ToInteger())
	if d := i.deadlines[token]; d != nil {
		d.stop()
		delete(i.deadlines, token)
	}
	return nil
}

// hostLog(actor, level, message, ...args) is c.log: objects are spread into
// fields, other values become arg0, arg1, …
func hostLog(i *instance, a []goja.Value) goja.Value {
	l := actor.Log{Level: actor.LogLevel(arg(a, 0).ToInteger()), At: i.iso.position()}
	l.Msg, l.Fields = i.iso.logLine(a[min(1, len(a)):])
	i.log(l)
	return nil
}

// logLine makes a message and fields of what c.log was given.
func (r *isolate) logLine(a []goja.Value) (msg string, fields []actor.LogField) {
	if o, ok := arg(a, 0).(*goja.Object); ok {
		msg = r.inspect(o)
	} else {
		msg = r.placed(text(arg(a, 0)))
	}
	n := 0
	for _, v := range a[min(1, len(a)):] {
		if o, ok := v.(*goja.Object); ok && jsvalue.ClassOf(r.vm, o) == jsvalue.Plain {
			if data, err := jsvalue.ToValue(r.vm, o, jsvalue.Options{}); err == nil {
				if obj, ok := data.(*value.Object); ok {
					for k, key := range obj.Keys {
						fields = append(fields, actor.LogField{Key: key, Value: r.said(obj.Vals[k])})
					}
					continue
				}
			}
		}
		data, err := jsvalue.ToValue(r.vm, v, jsvalue.Options{})
		if err != nil {
			data = r.inspect(v)
		}
		fields = append(fields, actor.LogField{Key: "arg" + strconv.Itoa(n), Value: r.said(data)})
		n++
	}
	return msg, fields
}

// placed is a text of a script's with TypeScript positions for those of the
// program, if it has an error's stack.
func (r *isolate) placed(s string) string {
	if !strings.Contains(s, "\n\tat ") && !strings.HasPrefix(s, "\tat ") {
		return s
	}
	return r.v.code.maps.Stack(s)
}

// said is what a log shows of a value: of an error its name and its message,
// which JSON leaves out; of a stack where it leads to.
func (r *isolate) said(v value.Value) value.Value {
	if s, ok := v.(string); ok {
		return r.placed(s)
	}
	e, ok := v.(*value.Error)
	switch {
	case !ok:
		return v
	case e.Message == "":
		return e.Name
	}
	return e.Name + ": " + e.Message
}

// hostLogError(actor, what, error) logs what a hook threw.
func hostLogError(i *instance, a []goja.Value) goja.Value {
	e := i.iso.errorOf(arg(a, 1))
	i.log(actor.Log{Level: actor.LogError, Msg: text(arg(a, 0)) + ": " + e.Msg, At: e.At, Fields: stackField(e)})
	return nil
}

// inspect is v as console.log shows it.
func (r *isolate) inspect(v goja.Value) string {
	s, err := r.fn.str(goja.Undefined(), v)
	if err != nil {
		return "an object"
	}
	return s.String()
}

// plainFuncs are those that belong to no actor.
func (r *isolate) plainFuncs() map[string]func(goja.FunctionCall) goja.Value {
	return map[string]func(goja.FunctionCall) goja.Value{
		// current() is the number of the running actor, 0 for none.
		"current": func(goja.FunctionCall) goja.Value {
			if r.cur == nil || r.cur.inst == nil {
				return r.vm.ToValue(0)
			}
			return r.vm.ToValue(r.cur.inst.id)
		},
		// opaque(prototype) marks a class whose instances are no data.
		"opaque": func(c goja.FunctionCall) goja.Value {
			jsvalue.MarkHost(c.Argument(0).ToObject(r.vm))
			return goja.Undefined()
		},
		// clone(value) is a deep copy; what can't be copied is thrown.
		"clone": func(c goja.FunctionCall) goja.Value {
			v, err := jsvalue.Clone(r.vm, c.Argument(0))
			if err != nil {
				r.throw(err)
			}
			return v
		},
		// position() is where user code stands, "file:line:col"; "" if none runs.
		"position": func(goja.FunctionCall) goja.Value { return r.vm.ToValue(r.position()) },
		"now":      func(goja.FunctionCall) goja.Value { return r.vm.ToValue(r.now().UnixMilli()) },
		"env": func(c goja.FunctionCall) goja.Value {
			if v, ok := r.Env()[text(c.Argument(0))]; ok {
				return r.vm.ToValue(v)
			}
			return goja.Undefined()
		},
		// logger(level, name, message, args) is getLogger's.
		"logger": func(c goja.FunctionCall) goja.Value {
			if r.muted() {
				return goja.Undefined()
			}
			l := actor.Log{Level: actor.LogLevel(c.Argument(0).ToInteger()), At: r.position()}
			var args []goja.Value
			_ = r.vm.ExportTo(c.Argument(3), &args)
			l.Msg, l.Fields = r.logLine(append([]goja.Value{c.Argument(2)}, args...))
			if name := text(c.Argument(1)); name != "" && name != "default" {
				l.Fields = append(l.Fields, actor.LogField{Key: "target", Value: name})
			}
			r.logFor(r.cur, l)
			return goja.Undefined()
		},
		"driverContext": func(goja.FunctionCall) goja.Value {
			if f := r.v.rt.o.DriverContext; f != nil {
				return r.vm.ToValue(f())
			}
			return r.vm.NewObject()
		},
		"serverCall":    r.serverCall,
		"serverResolve": r.serverResolve,
		"serverConnect": r.serverConnect,
		"serverFetch":   r.serverFetch,
		"serverSocket":  r.serverSocket,
		"door":          r.door,
		// served() says that there is an app; its routes may still be coming.
		"served": func(goja.FunctionCall) goja.Value {
			if r.server {
				r.post(nil, r.learnApp)
			}
			return goja.Undefined()
		},
	}
}
