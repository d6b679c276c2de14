package web

import (
	"runtime"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// nodeVersion is the Node release whose behaviour the shims follow.
const nodeVersion = "22.12.0"

// newPerformance makes the performance object: now() counts from Install.
func (p *platform) newPerformance() goja.Value {
	marks := map[string]float64{}
	now := func() float64 { return float64(p.sinceStart()) / 1e6 }
	o := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"now": func(goja.FunctionCall) goja.Value { return p.vm.ToValue(now()) },
		"mark": func(c goja.FunctionCall) goja.Value {
			if len(marks) >= maxLabels {
				clear(marks)
			}
			name := c.Argument(0).String()
			marks[name] = now()
			return p.entry(name, "mark", marks[name], 0)
		},
		"measure": func(c goja.FunctionCall) goja.Value {
			start, end := 0.0, now()
			if v, ok := marks[c.Argument(1).String()]; ok {
				start = v
			}
			if v, ok := marks[c.Argument(2).String()]; ok {
				end = v
			}
			return p.entry(c.Argument(0).String(), "measure", start, end-start)
		},
		"clearMarks":       func(goja.FunctionCall) goja.Value { clear(marks); return goja.Undefined() },
		"clearMeasures":    noop,
		"getEntries":       func(goja.FunctionCall) goja.Value { return p.vm.NewArray() },
		"getEntriesByName": func(goja.FunctionCall) goja.Value { return p.vm.NewArray() },
		"getEntriesByType": func(goja.FunctionCall) goja.Value { return p.vm.NewArray() },
	})
	must(o.Set("timeOrigin", float64(p.started)/1e6))
	must(o.Set("toJSON", p.fn("toJSON", func(goja.FunctionCall) goja.Value {
		j := p.vm.NewObject()
		must(j.Set("timeOrigin", float64(p.started)/1e6))
		return j
	})))
	return o
}

func (p *platform) entry(name, kind string, start, duration float64) goja.Value {
	e := p.vm.NewObject()
	must(e.Set("name", name))
	must(e.Set("entryType", kind))
	must(e.Set("startTime", start))
	must(e.Set("duration", duration))
	return e
}

func (p *platform) sinceStart() int64 { return p.h.Now().UnixNano() - p.started }

// newProcess makes the process object: what libraries read of it, and nothing
// that would reach the machine.
func (p *platform) newProcess() goja.Value {
	o := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"cwd":    func(goja.FunctionCall) goja.Value { return p.vm.ToValue("/") },
		"uptime": func(goja.FunctionCall) goja.Value { return p.vm.ToValue(float64(p.sinceStart()) / 1e9) },
		"exit": func(goja.FunctionCall) goja.Value {
			p.throwType("process.exit is not available: the server decides when it stops")
			return nil
		},
		"abort": func(goja.FunctionCall) goja.Value {
			p.throwType("process.abort is not available")
			return nil
		},
		"nextTick":      p.nextTick,
		"emitWarning":   p.emitWarning,
		"memoryUsage":   p.memoryUsage,
		"umask":         func(goja.FunctionCall) goja.Value { return p.vm.ToValue(18) },
		"emit":          func(goja.FunctionCall) goja.Value { return p.vm.ToValue(false) },
		"listeners":     func(goja.FunctionCall) goja.Value { return p.vm.NewArray() },
		"listenerCount": func(goja.FunctionCall) goja.Value { return p.vm.ToValue(0) },
	})
	self := func(goja.FunctionCall) goja.Value { return o }
	for _, name := range []string{"on", "once", "off", "addListener", "removeListener", "removeAllListeners", "prependListener", "setMaxListeners"} {
		must(o.Set(name, p.fn(name, self)))
	}
	hr := p.fn("hrtime", p.hrtime)
	must(hr.Set("bigint", p.fn("bigint", func(goja.FunctionCall) goja.Value {
		return p.call("inspect", "toBigInt", p.vm.ToValue(time.Duration(p.sinceStart()).Nanoseconds()))
	})))
	must(o.Set("hrtime", hr))
	env := p.vm.NewObject()
	for k, v := range p.h.Env() {
		must(env.Set(k, v))
	}
	versions := p.vm.NewObject()
	must(versions.Set("node", nodeVersion))
	must(versions.Set("rivet", "1"))
	release := p.vm.NewObject()
	must(release.Set("name", "node"))
	for name, v := range map[string]any{
		"env": env, "versions": versions, "release": release, "version": "v" + nodeVersion,
		"platform": "linux", "arch": runtimeArch(), "pid": 1, "ppid": 0, "title": "rivet",
		"argv": p.vm.NewArray("rivet", "/server.ts"), "execArgv": p.vm.NewArray(), "argv0": "rivet",
		"execPath": "/rivet", "exitCode": goja.Undefined(), "features": p.vm.NewObject(),
		"browser": false, "config": p.vm.NewObject(),
	} {
		must(o.Set(name, v))
	}
	for _, s := range []struct {
		name  string
		level actor.LogLevel
	}{{"stdout", actor.LogInfo}, {"stderr", actor.LogError}} {
		must(o.Set(s.name, p.newStdStream(s.level)))
	}
	must(o.DefineDataPropertySymbol(goja.SymToStringTag, p.vm.ToValue("process"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	return o
}

// runtimeArch is Go's architecture under Node's name.
func runtimeArch() string {
	if runtime.GOARCH == "amd64" {
		return "x64"
	}
	return runtime.GOARCH
}

// newStdStream is process.stdout and stderr: each write is a line of the log.
func (p *platform) newStdStream(level actor.LogLevel) goja.Value {
	o := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"write": func(c goja.FunctionCall) goja.Value {
			s := c.Argument(0).String()
			if n := len(s); n > 0 && s[n-1] == '\n' {
				s = s[:n-1]
			}
			p.print(level, s)
			return p.vm.ToValue(true)
		},
		"on": func(c goja.FunctionCall) goja.Value { return c.This },
	})
	must(o.Set("isTTY", false))
	must(o.Set("columns", 80))
	return o
}

func (p *platform) nextTick(c goja.FunctionCall) goja.Value {
	fn, ok := goja.AssertFunction(c.Argument(0))
	if !ok {
		p.throwType("process.nextTick: the callback must be a function")
	}
	var args []goja.Value
	if len(c.Arguments) > 1 {
		args = append(args, c.Arguments[1:]...)
	}
	p.microtask(func() {
		if _, err := fn(goja.Undefined(), args...); err != nil {
			p.h.ReportUnhandled(err)
		}
	})
	return goja.Undefined()
}

func (p *platform) emitWarning(c goja.FunctionCall) goja.Value {
	p.print(actor.LogWarn, "Warning: "+c.Argument(0).String())
	return goja.Undefined()
}

func (p *platform) memoryUsage(goja.FunctionCall) goja.Value {
	o := p.vm.NewObject() // the process's memory is not the isolate's: nothing true to tell
	for _, name := range []string{"rss", "heapTotal", "heapUsed", "external", "arrayBuffers"} {
		must(o.Set(name, 0))
	}
	return o
}

// hrtime returns [seconds, nanoseconds], less an earlier result.
func (p *platform) hrtime(c goja.FunctionCall) goja.Value {
	n := p.sinceStart()
	if o, ok := c.Argument(0).(*goja.Object); ok {
		n -= int64(number(o.Get("0")))*1e9 + int64(number(o.Get("1")))
	}
	return p.vm.NewArray(n/1e9, n%1e9)
}

// newNavigator makes the navigator object.
func (p *platform) newNavigator() goja.Value {
	o := p.vm.NewObject()
	must(o.Set("userAgent", "rivet"))
	must(o.Set("language", "en-US"))
	must(o.Set("languages", p.vm.NewArray("en-US")))
	must(o.Set("hardwareConcurrency", 1))
	must(o.Set("platform", "linux"))
	must(o.Set("onLine", true))
	return o
}

// reportError logs an exception as if no code had caught it.
func (p *platform) reportError(c goja.FunctionCall) goja.Value {
	p.h.ReportUnhandled(p.asError(c.Argument(0)))
	return goja.Undefined()
}

// asError makes the Go error that throwing v would have been.
func (p *platform) asError(v goja.Value) error {
	if ex := p.vm.Try(func() { panic(v) }); ex != nil {
		return ex
	}
	return nil
}
