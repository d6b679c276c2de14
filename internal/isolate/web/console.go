package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// consoleState is what console remembers between calls.
type consoleState struct {
	counts map[string]int
	timers map[string]time.Time
	indent string
}

// maxLabels bounds the labels that console.count and console.time remember.
const maxLabels = 1000

func (c *consoleState) init() {
	c.counts, c.timers = map[string]int{}, map[string]time.Time{}
}

// newConsole makes the console object.
func (p *platform) newConsole() goja.Value {
	line := func(level actor.LogLevel) func(goja.FunctionCall) goja.Value {
		return func(c goja.FunctionCall) goja.Value {
			p.print(level, p.format(c.Arguments))
			return goja.Undefined()
		}
	}
	group := func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 0 {
			p.print(actor.LogInfo, p.format(c.Arguments))
		}
		if len(p.console.indent) < 40 {
			p.console.indent += "  "
		}
		return goja.Undefined()
	}
	o := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"log": line(actor.LogInfo), "info": line(actor.LogInfo), "debug": line(actor.LogDebug),
		"warn": line(actor.LogWarn), "error": line(actor.LogError),
		"trace":  p.consoleTrace,
		"assert": p.consoleAssert,
		"dir":    p.consoleDir, "dirxml": line(actor.LogInfo),
		"table": p.consoleTable,
		"count": p.consoleCount, "countReset": func(c goja.FunctionCall) goja.Value {
			delete(p.console.counts, label(c))
			return goja.Undefined()
		},
		"group": group, "groupCollapsed": group, "groupEnd": func(goja.FunctionCall) goja.Value {
			p.console.indent = strings.TrimSuffix(p.console.indent, "  ")
			return goja.Undefined()
		},
		"time": p.consoleTime, "timeLog": p.consoleTimeLog(false), "timeEnd": p.consoleTimeLog(true),
		"timeStamp": noop, "profile": noop, "profileEnd": noop, "clear": noop,
	})
	must(o.DefineDataPropertySymbol(goja.SymToStringTag, p.vm.ToValue("console"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	return o
}

func noop(goja.FunctionCall) goja.Value { return goja.Undefined() }

// label is the label that a call of console.count or console.time names.
func label(c goja.FunctionCall) string {
	if goja.IsUndefined(c.Argument(0)) {
		return "default"
	}
	return c.Argument(0).String()
}

// print hands a line to the log.
func (p *platform) print(level actor.LogLevel, msg string) {
	if in := p.console.indent; in != "" {
		msg = in + strings.ReplaceAll(msg, "\n", "\n"+in)
	}
	p.h.Log(level, msg, nil)
}

// format makes a line of console.log's arguments; strings alone need no JavaScript.
func (p *platform) format(args []goja.Value) string {
	if len(args) == 1 {
		if s, ok := args[0].(goja.String); ok {
			return s.String()
		}
	}
	return p.call("inspect", "format", args...).String()
}

func (p *platform) consoleTrace(c goja.FunctionCall) goja.Value {
	var b strings.Builder
	b.WriteString("Trace")
	if len(c.Arguments) > 0 {
		b.WriteString(": " + p.format(c.Arguments))
	}
	for i, f := range p.vm.CaptureCallStack(11, nil) {
		if i == 0 {
			continue // console.trace itself
		}
		b.WriteString("\n    at ")
		if name := f.FuncName(); name != "" {
			fmt.Fprintf(&b, "%s (%s)", name, f.Position())
		} else {
			b.WriteString(f.Position().String())
		}
	}
	p.print(actor.LogTrace, b.String())
	return goja.Undefined()
}

func (p *platform) consoleAssert(c goja.FunctionCall) goja.Value {
	if c.Argument(0).ToBoolean() {
		return goja.Undefined()
	}
	msg := "Assertion failed"
	if len(c.Arguments) > 1 {
		msg += ": " + p.format(c.Arguments[1:])
	}
	p.print(actor.LogError, msg)
	return goja.Undefined()
}

func (p *platform) consoleDir(c goja.FunctionCall) goja.Value {
	p.print(actor.LogInfo, p.call("inspect", "inspect", c.Argument(0), c.Argument(1)).String())
	return goja.Undefined()
}

func (p *platform) consoleTable(c goja.FunctionCall) goja.Value {
	p.print(actor.LogInfo, p.call("inspect", "table", c.Argument(0), c.Argument(1)).String())
	return goja.Undefined()
}

func (p *platform) consoleCount(c goja.FunctionCall) goja.Value {
	l := label(c)
	if len(p.console.counts) >= maxLabels {
		clear(p.console.counts)
	}
	p.console.counts[l]++
	p.print(actor.LogInfo, fmt.Sprintf("%s: %d", l, p.console.counts[l]))
	return goja.Undefined()
}

func (p *platform) consoleTime(c goja.FunctionCall) goja.Value {
	l := label(c)
	if _, ok := p.console.timers[l]; ok {
		p.print(actor.LogWarn, fmt.Sprintf("Label '%s' already exists for console.time()", l))
		return goja.Undefined()
	}
	if len(p.console.timers) >= maxLabels {
		clear(p.console.timers)
	}
	p.console.timers[l] = p.h.Now()
	return goja.Undefined()
}

func (p *platform) consoleTimeLog(end bool) func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		l := label(c)
		start, ok := p.console.timers[l]
		if !ok {
			p.print(actor.LogWarn, fmt.Sprintf("No such label '%s' for console.timeEnd()", l))
			return goja.Undefined()
		}
		msg := l + ": " + p.h.Now().Sub(start).String()
		if len(c.Arguments) > 1 && !end {
			msg += " " + p.format(c.Arguments[1:])
		}
		if end {
			delete(p.console.timers, l)
		}
		p.print(actor.LogInfo, msg)
		return goja.Undefined()
	}
}
