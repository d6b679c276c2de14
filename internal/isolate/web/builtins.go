package web

import "github.com/dop251/goja"

// builtins are the node: modules that pure-JavaScript libraries use, by name
// without "node:"; each is a module of ours under js/node.
var builtins = map[string]string{
	"assert": "node/assert", "assert/strict": "node/assert",
	"async_hooks": "node/async_hooks", "buffer": "node/buffer", "crypto": "node/crypto",
	"diagnostics_channel": "node/diagnostics_channel", "events": "node/events",
	"path": "node/path", "path/posix": "node/path", "perf_hooks": "node/perf_hooks",
	"process": "node/process", "punycode": "node/punycode", "querystring": "node/querystring",
	"stream": "node/stream", "stream/promises": "node/stream_promises", "stream/web": "streams",
	"string_decoder": "node/string_decoder", "timers": "node/timers",
	"timers/promises": "node/timers_promises", "url": "node/url", "util": "node/util",
	"util/types": "node/util_types", "console": "node/console",
}

// Builtins lists the node: modules that exist, without "node:".
func Builtins() []string {
	names := make([]string, 0, len(builtins))
	for name := range builtins {
		names = append(names, name)
	}
	return names
}

// builtin loads a node: module.
func (p *platform) builtin(name string) *goja.Object { return p.require(builtins[name]) }

// newBuiltins makes __rivet_modules: an object whose properties "node:NAME" load
// their module when first read.
func (p *platform) newBuiltins() goja.Value {
	o := p.vm.CreateObject(nil)
	for name := range builtins {
		key := "node:" + name
		getter := p.vm.ToValue(func(goja.FunctionCall) goja.Value {
			m := p.builtin(name)
			must(o.DefineDataProperty(key, m, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE))
			return m
		})
		must(o.DefineAccessorProperty(key, getter, nil, goja.FLAG_TRUE, goja.FLAG_TRUE))
	}
	return o
}

// asyncHooksNative gives AsyncLocalStorage the host's store.
func (p *platform) asyncHooksNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"get": func(goja.FunctionCall) goja.Value {
			if v, ok := p.store.AsyncStore().(goja.Value); ok {
				return v
			}
			return goja.Undefined()
		},
		"set": func(c goja.FunctionCall) goja.Value {
			p.store.SetAsyncStore(c.Argument(0))
			return goja.Undefined()
		},
	})
}
