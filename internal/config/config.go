// Package config turns defaults, code, rivet.yaml, the environment and flags, in
// this rising precedence, into one Config.
//
// It is the only reader of the process's environment ([Environ]); all others
// are given what they need as small options. Every value remembers where it
// came from ([Resolved.Rows]), and mistakes are reported all at once, each with
// its place and the nearest thing that would have been right ([Invalid]).
//
// The table of keys (keys.go) is the one place that knows a key: its type, its
// default, its limits, its names in the environment and its description. File,
// environment, flags, `rivet config` and the JSON Schema all follow it.
package config

import "time"

// FileName is the project's configuration file.
const FileName = "rivet.yaml"

// Config is what a server runs with. The field that a key sets stands in keys.go.
type Config struct {
	Entry    string // entry file, relative to the project; "" is searched
	Host     string
	Port     int
	BasePath string
	Data     string // directory of the data, relative to the project or absolute

	Storage struct {
		Type string // sqlite or memory
		Sync string // normal or full
	}
	Auth    struct{ Token string }
	Runtime struct {
		Isolates int // 0: twice the cores, at least 4
		Memory   Memory
		Fetch    struct{ Allow []string }
		Env      struct{ Allow []string }
	}
	Limits struct {
		Message         Size
		InternalMessage Size
		RawBody         Size
		State           Size
		Connections     int
		WaitingPerActor int
		Waiting         int
	}
	CORS struct {
		Origin      []string
		Credentials bool
		MaxAge      int // seconds
	}
	Studio struct {
		Enabled         bool
		Token           string
		CORS            []string
		Hosts           []string
		Listen          string
		DefaultEndpoint string
	}
	Metrics struct{ Public bool }
	History struct {
		Entries int
		Size    Size
		Redact  []string
	}
	Log struct {
		Level  string // trace, debug, info, warn, error or critical
		Format string // auto, text or json
		// Timestamp, Target and ErrorStack have no key: they are the older
		// _LOG_TIMESTAMP, _LOG_TARGET and _RIVETKIT_ERROR_STACK.
		Timestamp  bool
		Target     bool
		ErrorStack bool
	}
	Dev struct {
		Reload bool
		Watch  []string
		Ignore []string
		Open   bool
		TUI    bool
	}
	Test struct {
		Include []string
		Timeout time.Duration
	}
}

// Defaults is the configuration of a project that says nothing.
func Defaults() Config {
	var c Config
	for name, s := range defaults(false) {
		keyNamed(name).set(&c, s.value)
	}
	return c
}
