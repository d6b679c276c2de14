package config

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// Environ is the environment of this process. Nothing else in rivet reads it.
func Environ() []string { return os.Environ() }

// Variables of the command line alone: no settings, but names of ours.
var otherNames = []string{"RIVET_URL", "RIVET_DEBUG"}

// splitEnviron makes a map of "NAME=value" strings; the last one of a name wins.
func splitEnviron(environ []string) map[string]string {
	out := make(map[string]string, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok && name != "" {
			out[name] = value
		}
	}
	return out
}

func merge(low, high map[string]string) map[string]string {
	out := maps.Clone(low)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, high)
	return out
}

// fromEnviron are the settings that the environment gives. An empty variable
// says nothing; a key's own name wins over its aliases.
func fromEnviron(environ map[string]string) (map[string]setting, []Problem) {
	out := map[string]setting{}
	var problems []Problem
	for i := range keys {
		k := &keys[i]
		names := k.alias
		if !k.hidden {
			names = append([]alias{plain(k.env())}, names...)
		}
		for _, a := range names {
			raw := environ[a.name]
			if raw == "" {
				continue
			}
			text, ok := a.value(raw)
			if !ok {
				continue
			}
			v, err := k.parse(text)
			if err != nil {
				shown := fmt.Sprintf("%q", raw)
				if k.secret {
					shown = "something else"
				}
				problems = append(problems, Problem{At: a.name, Key: k.name, Msg: fmt.Sprintf("%s, got %s", err, shown)})
				break
			}
			out[k.name] = setting{v, Origin{Layer: FromEnv, Name: a.name}}
			break
		}
	}
	return out, problems
}

// Variables are the environment's own names of keys.
func Variables(keys []string) []string {
	out := make([]string, len(keys))
	for i, name := range keys {
		out[i] = keyNamed(name).env()
	}
	return out
}

// nearMisses are notes about RIVET_ variables that nobody knows but that look
// like one of ours.
func nearMisses(environ map[string]string) []string {
	known := map[string]bool{}
	for _, n := range otherNames {
		known[n] = true
	}
	for i := range keys {
		known[keys[i].env()] = true
		for _, a := range keys[i].alias {
			known[a.name] = true
		}
	}
	candidates := slices.Sorted(maps.Keys(known))
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if !strings.HasPrefix(name, "RIVET_") || known[name] {
			continue
		}
		near := errs.Closest(strings.TrimPrefix(name, "RIVET_"), trimAll(candidates, "RIVET_"))
		if near != "" {
			notes = append(notes, fmt.Sprintf("%s is no setting; did you mean RIVET_%s?", name, near))
		}
	}
	return notes
}

func trimAll(names []string, prefix string) []string {
	var out []string
	for _, n := range names {
		if rest, ok := strings.CutPrefix(n, prefix); ok {
			out = append(out, rest)
		}
	}
	return out
}

// ours are secrets of rivet's own, which actors never see.
func ours(name string) bool {
	for i := range keys {
		if k := &keys[i]; k.secret {
			if name == k.env() || slices.ContainsFunc(k.alias, func(a alias) bool { return a.name == name }) {
				return true
			}
		}
	}
	return false
}

// ProcessEnv is what actors see as process.env: the environment with .env and
// .env.local beneath it, without rivet's own secrets, as far as
// runtime.env.allow lets it; NODE_ENV is always there.
func (r *Resolved) ProcessEnv(production bool) map[string]string {
	out := map[string]string{}
	for name, value := range r.Vars {
		if !ours(name) && allowed(name, r.Runtime.Env.Allow) {
			out[name] = value
		}
	}
	out["NODE_ENV"] = r.Vars["NODE_ENV"]
	if out["NODE_ENV"] == "" {
		out["NODE_ENV"] = "development"
		if production {
			out["NODE_ENV"] = "production"
		}
	}
	return out
}

func allowed(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return err == nil && ok
	})
}
