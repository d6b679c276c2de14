// Package polyfill gives goja what ECMAScript has and goja lacks: iterator
// helpers, well-known symbols, Promise.withResolvers, regular expressions with
// \p{…} and the flags v and d, Intl, and more; see core.js, regexp.js, intl.js.
//
// The sources are compiled once a process. Install runs them in a runtime and
// must come before any other script. Intl is loaded at its first use.
package polyfill

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // time zones, also where the system has none
	"unicode"

	"github.com/dop251/goja"
)

var (
	//go:embed core.js
	coreJS string
	//go:embed regexp.js
	regexpJS string
	//go:embed intl.js
	intlJS string

	core   = sync.OnceValue(func() *goja.Program { return goja.MustCompile("rivet:core.js", coreJS, false) })
	regexp = sync.OnceValue(func() *goja.Program { return goja.MustCompile("rivet:regexp.js", regexpJS, false) })
	intl   = sync.OnceValue(func() *goja.Program { return goja.MustCompile("rivet:intl.js", intlJS, false) })
)

// Install defines the polyfills in vm. It belongs to vm's goroutine.
func Install(vm *goja.Runtime) error {
	host := vm.NewObject()
	var loaded goja.Value
	hooks := map[string]any{
		"detach": func(c goja.FunctionCall) goja.Value {
			b, ok := c.Argument(0).Export().(goja.ArrayBuffer)
			return vm.ToValue(ok && b.Detach())
		},
		"detached": func(c goja.FunctionCall) goja.Value {
			b, ok := c.Argument(0).Export().(goja.ArrayBuffer)
			return vm.ToValue(ok && b.Detached())
		},
		"define":     func(c goja.FunctionCall) goja.Value { return define(vm, c) },
		"property":   property,
		"complement": complement,
		"intl": func(goja.FunctionCall) goja.Value {
			if loaded == nil {
				v, err := call(vm, intl(), host)
				if err != nil {
					panic(err)
				}
				loaded = v
			}
			return loaded
		},
		"zone": func(c goja.FunctionCall) goja.Value { return zone(vm, c.Argument(0).String(), c.Argument(1).ToFloat()) },
	}
	for name, f := range hooks {
		if err := host.Set(name, f); err != nil {
			return fmt.Errorf("polyfill: %w", err)
		}
	}
	for _, p := range []*goja.Program{regexp(), core()} {
		if _, err := call(vm, p, host); err != nil {
			return fmt.Errorf("polyfill: %w", err)
		}
	}
	return nil
}

// define makes a property as built-in ones are: writable, configurable, not enumerable.
func define(vm *goja.Runtime, c goja.FunctionCall) goja.Value {
	o, k, v := c.Argument(0).ToObject(vm), c.Argument(1), c.Argument(2)
	var err error
	if sym, ok := k.(*goja.Symbol); ok {
		err = o.DefineDataPropertySymbol(sym, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	} else {
		err = o.DefineDataProperty(k.String(), v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	if err != nil {
		panic(err)
	}
	return goja.Undefined()
}

// call runs p, whose value is a function, and calls that with host.
func call(vm *goja.Runtime, p *goja.Program, host goja.Value) (goja.Value, error) {
	v, err := vm.RunProgram(p)
	if err != nil {
		return nil, err
	}
	f, ok := goja.AssertFunction(v)
	if !ok {
		return nil, fmt.Errorf("the program's value is not a function")
	}
	return f(goja.Undefined(), host)
}

// zone is [offset in minutes, abbreviation, name] of the time zone called name
// at ms since the epoch; undefined if there is none. "" is the process's zone.
func zone(vm *goja.Runtime, name string, ms float64) goja.Value {
	loc := time.Local
	if name != "" {
		var ok bool
		if loc, ok = location(name); !ok {
			return goja.Undefined()
		}
	}
	abbr, offset := time.UnixMilli(int64(ms)).In(loc).Zone()
	shown := loc.String()
	if shown == "Local" || shown == "" {
		shown = "UTC"
	}
	return vm.NewArray(float64(offset)/60, abbr, shown)
}

var zones sync.Map // lower case name → *time.Location

// location finds a zone as Intl does: whatever the case of the name.
func location(name string) (*time.Location, bool) {
	key := strings.ToLower(name)
	if l, ok := zones.Load(key); ok {
		return l.(*time.Location), true
	}
	if strings.ContainsAny(name, `\.`) || key == "local" {
		return nil, false
	}
	tries := []string{name, titled(name), strings.ToUpper(name)}
	if key == "utc" || key == "etc/utc" || key == "gmt" || key == "etc/gmt" {
		tries = []string{"UTC"}
	}
	for _, n := range tries {
		if l, err := time.LoadLocation(n); err == nil {
			zones.Store(key, l)
			return l, true
		}
	}
	return nil, false
}

func titled(name string) string {
	up := true
	return strings.Map(func(r rune) rune {
		was := up
		up = r == '/' || r == '_' || r == '-'
		if was {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, name)
}
