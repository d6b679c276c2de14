package actor

import "time"

// Registry is what a bundle defines: its actor types, by name.
type Registry struct {
	Version string // the bundle's hash
	Actors  map[string]*Definition
	Config  RunConfig
}

// Definition is one actor type as far as Go must know it.
type Definition struct {
	Name    string
	Actions []string // in the order of their definition
	Bodies  []string // the program's text of each action, "" where it has none

	HasState        bool
	HasVars         bool
	HasConnState    bool
	HasOnAuth       bool // the member exists, whatever its value
	Open            bool // onAuth lets everybody in: it need not be asked
	HasOnStart      bool
	HasOnConnect    bool
	HasOnDisconnect bool
	HasOnFetch      bool
	HasOnWebSocket  bool

	Options Options
	At      string // TypeScript position of actor(…), "file:line:col"; may be empty
}

// Options are an actor type's limits; all durations are positive.
type Options struct {
	CreateVarsTimeout      time.Duration // 5 s
	CreateConnStateTimeout time.Duration // 5 s
	OnConnectTimeout       time.Duration // 5 s
	SaveInterval           time.Duration // 10 s
	ActionTimeout          time.Duration // 60 s
	SleepTimeout           time.Duration // 30 s
}

// DefaultOptions are those of an actor that sets none.
func DefaultOptions() Options {
	return Options{
		CreateVarsTimeout:      5 * time.Second,
		CreateConnStateTimeout: 5 * time.Second,
		OnConnectTimeout:       5 * time.Second,
		SaveInterval:           10 * time.Second,
		ActionTimeout:          60 * time.Second,
		SleepTimeout:           30 * time.Second,
	}
}

// RunConfig is what the entry's runServer or createServer asked for. Zero
// fields were not given; config puts them beneath rivet.yaml, environment and flags.
type RunConfig struct {
	Called             bool // runServer or createServer was called
	Driver             string
	DataPath           string
	Hostname           string
	Port               int
	BasePath           string
	MaxIncomingMessage int
	CORS               *CORS
	StudioEnabled      *bool
	StudioToken        string
	StudioOrigins      []string
	StudioEndpoint     string
}

// Settings are the settings that the code gave, by the names that they have in
// the configuration: strings, numbers, booleans and lists of strings.
func (c *RunConfig) Settings() map[string]any {
	out := map[string]any{}
	for name, text := range map[string]string{
		"storage.type": c.Driver, "data": c.DataPath, "host": c.Hostname,
		"basePath": c.BasePath, "studio.token": c.StudioToken, "studio.defaultEndpoint": c.StudioEndpoint,
	} {
		if text != "" {
			out[name] = text
		}
	}
	for name, n := range map[string]int{"port": c.Port, "limits.message": c.MaxIncomingMessage} {
		if n > 0 {
			out[name] = n
		}
	}
	if c.StudioEnabled != nil {
		out["studio.enabled"] = *c.StudioEnabled
	}
	if len(c.StudioOrigins) > 0 {
		out["studio.cors"] = append([]string{}, c.StudioOrigins...)
	}
	if cors := c.CORS; cors != nil {
		out["cors.origin"] = append([]string{}, cors.Origins...)
		out["cors.credentials"], out["cors.maxAge"] = cors.Credentials, cors.MaxAge
	}
	return out
}

// CORS is who may call from a browser. Origins "*" is everyone; Dynamic: ask
// Gateway.AllowOrigin for each origin.
type CORS struct {
	Origins       []string
	Dynamic       bool
	AllowMethods  []string
	AllowHeaders  []string
	ExposeHeaders []string
	Credentials   bool
	MaxAge        int // seconds; 0: not sent
}
