package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// Layer is where a value came from; a later one wins.
type Layer string

// The layers, by rising precedence.
const (
	FromDefault Layer = "default"
	FromCode    Layer = "code"
	FromFile    Layer = "file"
	FromEnv     Layer = "environment"
	FromFlag    Layer = "flag"
)

// Origin is where one value came from: Name is the file, the variable or the
// flag, At the place in the file, "rivet.yaml:3:7".
type Origin struct {
	Layer Layer
	Name  string
	At    string
}

// Flag is a value that a flag gave: Key is the setting's name, Text its value,
// Name the flag as it was typed ("--port").
type Flag struct{ Key, Text, Name string }

// Options say what Load is to read.
type Options struct {
	Dir     string   // the project; required, absolute
	Cwd     string   // paths in flags and environment are relative to it; "": Dir
	Environ []string // "NAME=value"
	Flags   []Flag   // later ones win
	// Production: the defaults of `rivet serve` rather than of `rivet dev`.
	Production bool
	// Unexpanded leaves ${NAME} as it is, for what is read when nothing starts;
	// where only numbers or certain words can stand, the value is left out.
	Unexpanded bool
	// File is read instead of the project's rivet.yaml; nil: that one is.
	// FileName is its name in errors.
	File     []byte
	FileName string
}

// setting is one value in one layer.
type setting struct {
	value  any
	origin Origin
}

// Resolved is a Config and where it came from.
type Resolved struct {
	Config
	Dir  string // the project
	File string // path of rivet.yaml, "" if there is none
	// Vars is the environment with .env and .env.local beneath it.
	Vars map[string]string
	// Notes are remarks that are no mistakes: variables that nobody knows but
	// that look like ours.
	Notes []string

	layers    map[Layer]map[string]setting
	origins   map[string]Origin
	from      Options
	evaluated bool // the code has had its say
}

// Load reads all layers but code's, which [Resolved.WithCode] adds once it ran.
// Mistakes come all at once as an *Invalid.
func Load(o Options) (*Resolved, error) {
	if o.Cwd == "" {
		o.Cwd = o.Dir
	}
	environ := splitEnviron(o.Environ)
	dot, problems := readDotEnv(o.Dir)
	r := &Resolved{Dir: o.Dir, Vars: merge(dot, environ), layers: map[Layer]map[string]setting{}, from: o}
	r.layers[FromDefault] = defaults(o.Production)
	if environ["NODE_ENV"] == "production" {
		r.layers[FromDefault]["studio.enabled"] = setting{false, Origin{Layer: FromDefault, Name: "NODE_ENV"}}
	}

	path, name, text, err := filepath.Join(o.Dir, FileName), FileName, o.File, error(nil)
	if text == nil {
		text, err = os.ReadFile(path)
	} else {
		path, name = "", o.FileName
	}
	switch {
	case err == nil:
		r.File = path
		f := &file{name: name, vars: r.Vars, expand: !o.Unexpanded, out: map[string]setting{}}
		f.read(text)
		problems = append(problems, f.problems...)
		r.layers[FromFile] = f.out
	case !errors.Is(err, fs.ErrNotExist):
		problems = append(problems, Problem{At: FileName, Msg: "can't be read: " + cause(err)})
	}

	env, wrong := fromEnviron(environ)
	problems = append(problems, wrong...)
	r.layers[FromEnv] = o.localPaths(env)
	r.Notes = nearMisses(environ)

	flags, wrong := fromFlags(o.Flags)
	problems = append(problems, wrong...)
	r.layers[FromFlag] = o.localPaths(flags)

	if len(problems) > 0 {
		return nil, &Invalid{Problems: problems}
	}
	r.resolve()
	return r, nil
}

// WithCode is r with what the entry's runServer or createServer asked for,
// beneath the file, the environment and the flags.
func (r *Resolved) WithCode(rc actor.RunConfig) *Resolved { return r.WithSettings(rc.Settings()) }

// WithSettings is WithCode of settings by their names, as a running server tells them.
func (r *Resolved) WithSettings(said map[string]any) *Resolved {
	n := *r
	n.layers = map[Layer]map[string]setting{}
	for l, s := range r.layers {
		n.layers[l] = s
	}
	n.layers[FromCode] = fromCode(said)
	n.evaluated = true
	n.resolve()
	return &n
}

// resolve applies the layers, lowest first.
func (r *Resolved) resolve() {
	r.Config, r.origins = Config{}, map[string]Origin{}
	for _, l := range []Layer{FromDefault, FromCode, FromFile, FromEnv, FromFlag} {
		for name, s := range r.layers[l] {
			keyNamed(name).set(&r.Config, s.value)
			r.origins[name] = s.origin
		}
	}
}

// Origin is where the value of a key came from.
func (r *Resolved) Origin(key string) Origin { return r.origins[key] }

// Asked reports whether anybody set the key: it is no default.
func (r *Resolved) Asked(key string) bool { return r.origins[key].Layer != FromDefault }

// DataDir is the absolute path of the data.
func (r *Resolved) DataDir() string { return r.abs(r.Data) }

// EntryFile is the absolute path of the entry, "" if none was named.
func (r *Resolved) EntryFile() string {
	if r.Entry == "" {
		return ""
	}
	return r.abs(r.Entry)
}

func (r *Resolved) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(r.Dir, path)
}

// Row is one line of `rivet config`.
type Row struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Origin string `json:"origin"`
	At     string `json:"at,omitempty"`
	// Evaluated is false for a value that code may give, where nobody asked it.
	Evaluated *bool `json:"evaluated,omitempty"`
}

// codeKeys are the settings that code can give; see actor.RunConfig.
var codeKeys = []string{
	"storage.type", "data", "host", "port", "basePath", "limits.message", "cors.origin", "cors.credentials", "cors.maxAge",
	"studio.enabled", "studio.token", "studio.cors", "studio.defaultEndpoint",
}

// Rows are all values, in the order of the keys, as they are printed: secrets
// as "***", sizes and durations in words.
func (r *Resolved) Rows() []Row {
	var rows []Row
	for i := range keys {
		k := &keys[i]
		if k.hidden {
			continue
		}
		o := r.origins[k.name]
		origin := string(o.Layer)
		if o.Name != "" {
			origin = o.Name
		}
		row := Row{Key: k.name, Value: k.shown(&r.Config), Origin: origin, At: o.At}
		if o.Layer == FromDefault && !r.evaluated && slices.Contains(codeKeys, k.name) {
			row.Evaluated = new(bool)
		}
		rows = append(rows, row)
	}
	return rows
}

func (k *key) shown(c *Config) any {
	switch p := k.field(c).(type) {
	case *string:
		if k.secret && *p != "" {
			return "***"
		}
		return *p
	case *bool:
		return *p
	case *int:
		return *p
	case *[]string:
		return append([]string{}, *p...)
	case *Size:
		return p.String()
	case *Memory:
		return p.String()
	case *time.Duration:
		return formatDuration(*p)
	}
	return nil
}

// Keys are the names of all settings.
func Keys() []string {
	var names []string
	for i := range keys {
		if !keys[i].hidden {
			names = append(names, keys[i].name)
		}
	}
	return names
}

func defaults(production bool) map[string]setting {
	out := map[string]setting{}
	for i := range keys {
		k := &keys[i]
		v, err := k.parse(k.def)
		if err != nil {
			panic("config: default of " + k.name + ": " + err.Error())
		}
		if production && k.name == "studio.enabled" {
			v = false
		}
		if production && k.name == "runtime.fetch.allow" {
			v = []string{"public"}
		}
		out[k.name] = setting{v, Origin{Layer: FromDefault}}
	}
	return out
}

func fromFlags(flags []Flag) (map[string]setting, []Problem) {
	out := map[string]setting{}
	var problems []Problem
	for _, f := range flags {
		k := keyNamed(f.Key)
		if k == nil {
			panic("config: flag for an unknown key " + f.Key)
		}
		v, err := k.parse(f.Text)
		if err != nil {
			problems = append(problems, Problem{At: f.Name, Key: f.Key, Msg: fmt.Sprintf("%s, got %q", err, f.Text)})
			continue
		}
		out[f.Key] = setting{v, Origin{Layer: FromFlag, Name: f.Name}}
	}
	return out, problems
}

// fromCode are the values of a run configuration; zero fields say nothing.
func fromCode(said map[string]any) map[string]setting {
	out := map[string]setting{}
	for name, value := range said {
		k := keyNamed(name)
		if k == nil {
			continue // of a newer server
		}
		var v any
		var err error
		switch value := value.(type) {
		case []string:
			v = slices.Clone(value)
		case []any: // as JSON has it
			list := []string{}
			for _, item := range value {
				list = append(list, fmt.Sprint(item))
			}
			v = list
		case float64:
			v, err = k.parse(strconv.FormatFloat(value, 'f', -1, 64))
		default:
			v, err = k.parse(fmt.Sprint(value))
		}
		if err == nil { // the SDK has checked them
			out[name] = setting{v, Origin{Layer: FromCode}}
		}
	}
	return out
}

// CORS is who may call from a browser: what code said (nil: nothing) with what
// file, environment and flags say over it; nil if nobody said anything.
func (r *Resolved) CORS(code *actor.CORS) *actor.CORS {
	over := func(key string) bool {
		l := r.origins[key].Layer
		return l != FromDefault && l != FromCode
	}
	if code == nil && !over("cors.origin") {
		return nil
	}
	c := actor.CORS{Credentials: r.Config.CORS.Credentials, MaxAge: r.Config.CORS.MaxAge}
	if code != nil {
		c = *code
	}
	if over("cors.origin") {
		c.Origins, c.Dynamic = r.Config.CORS.Origin, false
	}
	if over("cors.credentials") {
		c.Credentials = r.Config.CORS.Credentials
	}
	if over("cors.maxAge") {
		c.MaxAge = r.Config.CORS.MaxAge
	}
	return &c
}

// localPaths turns paths that are relative to the working directory into ones
// that are relative to the project.
func (o Options) localPaths(s map[string]setting) map[string]setting {
	for name, v := range s {
		if !keyNamed(name).path {
			continue
		}
		p := v.value.(string)
		if p != "" && !filepath.IsAbs(p) {
			p = filepath.Join(o.Cwd, p)
		}
		if rel, err := filepath.Rel(o.Dir, p); err == nil && filepath.IsLocal(rel) {
			p = rel
		}
		v.value = p
		s[name] = v
	}
	return s
}

// cause is what the system said, without the path that is told already.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return strings.TrimSpace(err.Error())
}
