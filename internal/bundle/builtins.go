package bundle

import (
	"fmt"
	"strings"
)

// usableBuiltins are the node modules that the runtime supplies as
// globalThis.__rivet_modules["node:NAME"].
var usableBuiltins = set("buffer", "events", "util", "util/types", "path", "path/posix", "url", "crypto",
	"stream", "stream/promises", "stream/web", "async_hooks", "assert", "assert/strict", "querystring", "string_decoder",
	"timers", "timers/promises", "process", "console", "diagnostics_channel", "perf_hooks", "punycode")

// otherBuiltins need a Node or Bun process.
var otherBuiltins = set("child_process", "cluster", "constants", "dgram", "dns",
	"dns/promises", "domain", "fs", "fs/promises", "http", "http2", "https", "inspector", "inspector/promises", "module", "net",
	"os", "path/win32", "readline", "readline/promises", "repl", "sys", "tls",
	"trace_events", "tty", "v8", "vm", "wasi", "worker_threads", "zlib", "sqlite", "test", "sea")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// builtin is the name of the node module that spec means, without "node:".
func builtin(spec string) (name string, usable, ok bool) {
	name, prefixed := strings.CutPrefix(spec, "node:")
	switch {
	case usableBuiltins[name]:
		return name, true, true
	case otherBuiltins[name] && (prefixed || !set("sqlite", "test", "sea")[name]):
		return name, false, true
	case prefixed:
		return name, false, true
	}
	if strings.HasPrefix(spec, "bun:") || spec == "bun" || strings.HasPrefix(spec, "cloudflare:") {
		return spec, false, true
	}
	return "", false, false
}

// builtinHint says what to do instead of using the node module name.
func builtinHint(name string) string {
	switch root, _, _ := strings.Cut(name, "/"); root {
	case "fs":
		return "actors have no file system: keep data in c.state or c.db, and import .json, .txt, .sql and .md files directly"
	case "http", "http2", "https":
		return "use fetch for requests; to answer HTTP, give an app with a fetch method (Hono, itty-router, tRPC's fetch adapter) to serve(app)"
	case "net", "tls", "dgram", "dns":
		return "actors reach the network by fetch and WebSocket; run a driver that needs sockets (PostgreSQL, Redis) in a separate back end and call it by fetch"
	case "child_process", "cluster", "worker_threads":
		return "actors can't start processes or threads: split work over several actors, or run it in a separate back end"
	case "sqlite", "bun:sqlite":
		return "use c.db, the actor's own SQLite database"
	}
	return "it needs a Node or Bun process: run that code in a separate back end and call it by fetch, or look for a package built for workers"
}

// refusedPackages can't run inside rivet whatever they import.
var refusedPackages = map[string]string{
	"@rivetkit/redis":              "rivet keeps actors in its own store: remove the driver, and set storage in rivet.yaml if needed",
	"@rivetkit/cloudflare-workers": "rivet serves HTTP itself: export the registry and, for own routes, call serve(app)",
	"@rivetkit/bun":                "rivet serves HTTP itself: export the registry and, for own routes, call serve(app)",
}

const fetchAppHint = "give an app with a fetch method (Hono, itty-router) to serve(app), or run this one as a separate back end that calls actors by createClient"

// nodeServers answer HTTP by a server of Node's own. They can't run here, so
// installing them is no help.
var nodeServers = map[string]string{
	"express": fetchAppHint, "fastify": fetchAppHint, "koa": fetchAppHint, "@nestjs/core": fetchAppHint, "@elysiajs/node": fetchAppHint,
	"@trpc/server/adapters/standalone": trpcHint, "@trpc/server/adapters/node-http": trpcHint, "@trpc/server/adapters/express": trpcHint,
	"@trpc/server/adapters/fastify": trpcHint, "@trpc/server/adapters/ws": trpcHint,
}

const trpcHint = "take tRPC's fetch adapter, @trpc/server/adapters/fetch: serve({ fetch: (request) => fetchRequestHandler({ endpoint, req: request, router, createContext }) })"

func refused(spec string) (hintText string, ok bool) {
	for name, h := range refusedPackages {
		if spec == name || strings.HasPrefix(spec, name+"/") {
			return h, true
		}
	}
	return "", false
}

func builtinText(spec string) string {
	return fmt.Sprintf("%q is a module of Node.js that doesn't work inside an actor", spec)
}
