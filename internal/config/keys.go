package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// key is one setting: all that file, environment, flags and schema know of it.
type key struct {
	name   string
	field  func(*Config) any // pointer to the field
	def    string            // default, as the environment would say it
	doc    string
	oneOf  []string           // allowed values
	later  []string           // values that are planned
	spell  map[string]string  // other spellings of allowed values
	min    int64              // of numbers
	max    int64              // 0: none
	secret bool               // never printed
	path   bool               // a path: relative to where it was said
	alias  []alias            // other names in the environment, strongest first
	hidden bool               // only the environment knows it
	item   func(string) error // checks each item of a list; nil: any will do
	taken  taken              // when a running server takes up another value
}

// taken is when a value is read.
type taken uint8

const (
	atStart taken = iota // a change needs a restart
	atOpen               // when the first code has been loaded, and never again
	live                 // whenever it is needed
)

// alias is another environment variable for a key; value turns its text into
// the key's, ok false if it says nothing.
type alias struct {
	name  string
	value func(text string) (string, bool)
}

func plain(name string) alias {
	return alias{name, func(s string) (string, bool) { return s, true }}
}

var levels = []string{"trace", "debug", "info", "warn", "error", "critical"}

var keys = []key{
	{name: "entry", field: func(c *Config) any { return &c.Entry }, path: true,
		doc: "The file that defines the actors. Without it server.ts, registry.ts and src/… are tried."},
	{name: "host", taken: atOpen, field: func(c *Config) any { return &c.Host }, def: "127.0.0.1",
		doc: "The address to listen on."},
	{name: "port", taken: atOpen, field: func(c *Config) any { return &c.Port }, def: "8080", max: 65535,
		doc:   "The port to listen on; 0 takes any free one. `rivet dev` takes the next free one, if nobody asked for one.",
		alias: []alias{plain("PORT"), plain("PORT_HTTP")}},
	{name: "basePath", taken: atOpen, field: func(c *Config) any { return &c.BasePath }, def: "/registry",
		doc: "Where the registry is served, beside /registry."},
	{name: "data", taken: atOpen, field: func(c *Config) any { return &c.Data }, def: ".rivet", path: true,
		doc: "The directory of the data.", alias: []alias{plain("RIVET_DATA_DIR")}},

	{name: "storage.type", taken: atOpen, field: func(c *Config) any { return &c.Storage.Type }, def: "sqlite",
		oneOf: []string{"sqlite", "memory"}, spell: map[string]string{"filesystem": "sqlite", "file-system": "sqlite"},
		later: []string{"redis", "rivet"},
		doc:   "Where actors are kept: in a database under data, or in memory alone.",
		alias: []alias{plain("RIVETKIT_DRIVER")}},
	{name: "storage.sync", taken: atOpen, field: func(c *Config) any { return &c.Storage.Sync }, def: "normal",
		oneOf: []string{"normal", "full"},
		doc:   "normal survives a crash of the process or kill -9, full a power cut as well."},
	{name: "auth.token", field: func(c *Config) any { return &c.Auth.Token }, secret: true,
		doc: "Callers that bear this token are server-side: onAuth is skipped, errors are whole. Generated in dev."},

	{name: "runtime.isolates", field: func(c *Config) any { return &c.Runtime.Isolates }, def: "0", max: 1024,
		doc: "How many JavaScript runtimes share the actors; 0 is twice the cores, at least 4."},
	{name: "runtime.memory", field: func(c *Config) any { return &c.Runtime.Memory }, def: "75%",
		doc: "How much memory the process may use: a share of the machine or container, or a size."},
	{name: "runtime.fetch.allow", field: func(c *Config) any { return &c.Runtime.Fetch.Allow }, def: "*",
		doc: "What actors may fetch: hosts, networks (10.0.0.0/8), \"public\" for all but private and loopback addresses, or \"*\". In production public is the default."},
	{name: "runtime.env.allow", taken: live, field: func(c *Config) any { return &c.Runtime.Env.Allow }, def: "*",
		doc: "Which environment variables actors see in process.env; names with *."},

	{name: "limits.message", taken: live, field: func(c *Config) any { return &c.Limits.Message }, def: "64KiB", min: 1,
		doc: "The largest message or action body of a public caller."},
	{name: "limits.internalMessage", taken: live, field: func(c *Config) any { return &c.Limits.InternalMessage }, def: "16MiB", min: 1,
		doc: "The largest body of a server-side or actor-to-actor call."},
	{name: "limits.rawBody", taken: live, field: func(c *Config) any { return &c.Limits.RawBody }, def: "20MiB", min: 1,
		doc: "The largest body of a raw HTTP request (onFetch)."},
	{name: "limits.state", taken: live, field: func(c *Config) any { return &c.Limits.State }, def: "16MiB", min: 1,
		doc: "The largest stored state of one actor."},
	{name: "limits.connections", taken: live, field: func(c *Config) any { return &c.Limits.Connections }, def: "10000", min: 1, max: 10_000_000,
		doc: "How many connections may be open.", alias: []alias{plain("RIVET_MAX_CONNECTIONS")}},
	{name: "limits.waitingPerActor", taken: live, field: func(c *Config) any { return &c.Limits.WaitingPerActor }, def: "1000", min: 1, max: 10_000_000,
		doc: "How many public calls may wait for one actor."},
	{name: "limits.waiting", taken: live, field: func(c *Config) any { return &c.Limits.Waiting }, def: "10000", min: 1, max: 100_000_000,
		doc: "How many calls may wait in the server."},

	{name: "cors.origin", taken: live, field: func(c *Config) any { return &c.CORS.Origin },
		doc: "The origins that may call from a browser. In dev every localhost origin may, if this is empty."},
	{name: "cors.credentials", taken: live, field: func(c *Config) any { return &c.CORS.Credentials }, def: "true",
		doc: "Whether a browser may send cookies along."},
	{name: "cors.maxAge", taken: live, field: func(c *Config) any { return &c.CORS.MaxAge }, def: "600", max: 86400,
		doc: "For how many seconds a browser may keep the answer to a preflight request."},

	{name: "studio.enabled", taken: atOpen, field: func(c *Config) any { return &c.Studio.Enabled }, def: "true",
		doc: "Whether the Studio is served. In production, and with NODE_ENV=production, it is off unless set.",
		alias: []alias{{"RIVETKIT_STUDIO_DISABLE", func(s string) (string, bool) {
			off, err := parseBool(s)
			return "false", err == nil && off
		}}}},
	{name: "studio.token", taken: atOpen, field: func(c *Config) any { return &c.Studio.Token }, secret: true,
		doc: "Opens the Studio. Generated in dev.", alias: []alias{plain("RIVETKIT_STUDIO_TOKEN")}},
	{name: "studio.cors", taken: atOpen, field: func(c *Config) any { return &c.Studio.CORS },
		doc: "Origins of a Studio that is served elsewhere."},
	{name: "studio.hosts", taken: atOpen, field: func(c *Config) any { return &c.Studio.Hosts },
		doc: "Host names under which the Studio answers, beside localhost."},
	{name: "studio.listen", taken: atOpen, field: func(c *Config) any { return &c.Studio.Listen },
		doc: "An address of its own for the Studio, such as 127.0.0.1:9090."},
	{name: "studio.defaultEndpoint", taken: atOpen, field: func(c *Config) any { return &c.Studio.DefaultEndpoint },
		doc: "The registry that the Studio connects to by itself, if not this server's own."},

	{name: "metrics.public", field: func(c *Config) any { return &c.Metrics.Public }, def: "false",
		doc: "Whether /metrics answers everybody, rather than this machine and who bears auth.token."},

	{name: "history.entries", field: func(c *Config) any { return &c.History.Entries }, def: "1000", max: 1_000_000,
		doc: "How many happenings are kept for each actor; 0 keeps none."},
	{name: "history.size", field: func(c *Config) any { return &c.History.Size }, def: "16MiB",
		doc: "How much history is kept in all."},
	{name: "history.redact", taken: live, item: pointer, field: func(c *Config) any { return &c.History.Redact },
		doc: "JSON Pointers (with *) whose values are never kept, such as /users/*/password."},

	{name: "log.level", taken: live, field: func(c *Config) any { return &c.Log.Level }, def: "info", oneOf: levels,
		spell: map[string]string{"warning": "warn", "fatal": "critical"},
		doc:   "The least important level that is printed.", alias: []alias{plain("_LOG_LEVEL")}},
	{name: "log.format", field: func(c *Config) any { return &c.Log.Format }, def: "auto", oneOf: []string{"auto", "text", "json"},
		doc: "auto is for eyes on a terminal, and key=value text in a pipe (JSON in production)."},
	{name: "log.timestamp", field: func(c *Config) any { return &c.Log.Timestamp }, def: "true", hidden: true,
		alias: []alias{plain("_LOG_TIMESTAMP")}},
	{name: "log.target", field: func(c *Config) any { return &c.Log.Target }, def: "false", hidden: true,
		alias: []alias{plain("_LOG_TARGET")}},
	{name: "log.errorStack", field: func(c *Config) any { return &c.Log.ErrorStack }, def: "true", hidden: true,
		alias: []alias{plain("_RIVETKIT_ERROR_STACK")}},

	{name: "dev.reload", field: func(c *Config) any { return &c.Dev.Reload }, def: "true",
		doc: "Whether saving a file puts the new code in."},
	{name: "dev.watch", field: func(c *Config) any { return &c.Dev.Watch }, def: ".",
		doc: "The directories that are watched, beside all that the bundle reads."},
	{name: "dev.ignore", field: func(c *Config) any { return &c.Dev.Ignore },
		doc: "Patterns of files whose change is not looked at."},
	{name: "dev.open", field: func(c *Config) any { return &c.Dev.Open }, def: "false",
		doc: "Whether `rivet dev` opens the Studio in a browser."},
	{name: "dev.tui", field: func(c *Config) any { return &c.Dev.TUI }, def: "false",
		doc: "Whether `rivet dev` starts with the terminal user interface."},

	{name: "test.include", taken: live, field: func(c *Config) any { return &c.Test.Include }, def: "**/*.{test,spec}.{ts,tsx,mts,js,mjs}",
		doc: "Patterns of test files. node_modules is never searched."},
	{name: "test.timeout", taken: live, field: func(c *Config) any { return &c.Test.Timeout }, def: "5s", min: 1,
		doc: "How long one test may take."},
}

// keyNamed finds a key, nil if there is none of that name.
func keyNamed(name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

// env is the key's own name in the environment: a.bC is RIVET_A_B_C.
func (k *key) env() string {
	var b strings.Builder
	b.WriteString("RIVET_")
	for _, r := range k.name {
		switch {
		case r == '.':
			b.WriteByte('_')
		case unicode.IsUpper(r):
			b.WriteByte('_')
			b.WriteRune(r)
		default:
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// parse reads a value from text, as the environment or a flag gives it.
func (k *key) parse(text string) (any, error) {
	switch k.field(&Config{}).(type) {
	case *string:
		return k.choose(text)
	case *bool:
		return parseBool(text)
	case *int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("want %s", k.wanted())
		}
		return n, k.inRange(int64(n))
	case *Size:
		s, err := ParseSize(text)
		if err != nil {
			return nil, err
		}
		return s, k.inRange(int64(s))
	case *Memory:
		return ParseMemory(text)
	case *time.Duration:
		d, err := ParseDuration(text)
		if err != nil {
			return nil, err
		}
		return d, k.inRange(int64(d))
	case *[]string:
		list := splitList(text)
		return list, k.checkItems(list)
	}
	panic("config: " + k.name + " has a field of an unknown type")
}

func (k *key) checkItems(list []string) error {
	for _, it := range list {
		if k.item == nil {
			break
		}
		if err := k.item(it); err != nil {
			return err
		}
	}
	return nil
}

// pointer refuses what is no JSON Pointer.
func pointer(text string) error {
	if text != "" && !strings.HasPrefix(text, "/") {
		return fmt.Errorf("want JSON Pointers such as /password or /users/*/password")
	}
	return nil
}

// set puts a value that parse gave into the key's field.
func (k *key) set(c *Config, v any) {
	switch p := k.field(c).(type) {
	case *string:
		*p = v.(string)
	case *bool:
		*p = v.(bool)
	case *int:
		*p = v.(int)
	case *Size:
		*p = v.(Size)
	case *Memory:
		*p = v.(Memory)
	case *time.Duration:
		*p = v.(time.Duration)
	case *[]string:
		*p = v.([]string)
	}
}

func (k *key) choose(text string) (string, error) {
	if len(k.oneOf) == 0 {
		return text, nil
	}
	text = strings.ToLower(text)
	if s, ok := k.spell[text]; ok {
		return s, nil
	}
	for _, v := range k.oneOf {
		if v == text {
			return v, nil
		}
	}
	later := ""
	if slices.Contains(k.later, text) {
		later = text + " is not available yet; "
	}
	return "", fmt.Errorf("%swant one of %s", later, strings.Join(k.oneOf, ", "))
}

func (k *key) inRange(n int64) error {
	if n < k.min || k.max != 0 && n > k.max {
		return fmt.Errorf("want %s", k.wanted())
	}
	return nil
}

// wanted says in words what values the key takes.
func (k *key) wanted() string {
	switch k.field(&Config{}).(type) {
	case *bool:
		return "true or false"
	case *int:
		if k.max != 0 {
			return fmt.Sprintf("a whole number from %d to %d", k.min, k.max)
		}
		return fmt.Sprintf("a whole number, at least %d", k.min)
	case *Size:
		return "a size above 0, such as 64KiB or 16MiB"
	case *time.Duration:
		return "a duration above 0, such as 500ms or 10s"
	case *[]string:
		return "a list of strings"
	}
	return "a string"
}

func parseBool(text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off", "":
		return false, nil
	}
	return false, fmt.Errorf("want true or false")
}

// splitList splits at commas outside braces, so that *.{ts,js} stays whole.
func splitList(text string) []string {
	out, depth, from := []string{}, 0, 0
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	for i, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ',' && depth <= 0:
			add(text[from:i])
			from = i + 1
		}
	}
	add(text[from:])
	return out
}
