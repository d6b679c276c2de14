package studio

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/studio/signature"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// types is GET /types.
func (s *Studio) types(q *request) error {
	list, err := s.typeList(q.Context())
	if err != nil {
		return err
	}
	return q.json(http.StatusOK, list)
}

func (s *Studio) typeList(ctx context.Context) ([]inspect.Type, error) {
	var counts map[string]int
	if s.o.Store != nil {
		var err error
		if counts, err = s.o.Store.Count(ctx); err != nil {
			return nil, err
		}
	}
	reg := s.o.Registry()
	actors, known := reg.Actors, s.signed.of(reg, s.o)
	list := make([]inspect.Type, 0, len(actors))
	for _, name := range slices.Sorted(maps.Keys(actors)) {
		d := actors[name]
		t := inspect.Type{Type: name, Actions: known[name], Has: has(d), Count: counts[name]}
		if at, ok := positionOf(d.At); ok {
			t.File, t.Line = at.file, at.line
		}
		list = append(list, t)
	}
	return list, nil
}

func has(d *actor.Definition) []string {
	out := []string{}
	for _, m := range []struct {
		name string
		has  bool
	}{
		{"state", d.HasState}, {"vars", d.HasVars}, {"connState", d.HasConnState}, {"onAuth", d.HasOnAuth},
		{"onConnect", d.HasOnConnect}, {"onDisconnect", d.HasOnDisconnect}, {"onFetch", d.HasOnFetch}, {"onWebSocket", d.HasOnWebSocket},
	} {
		if m.has {
			out = append(out, m.name)
		}
	}
	return out
}

// signed keeps the actions of the running code with their signatures: they are
// read from the sources when somebody first asks, not when the code is loaded.
type signed struct {
	mu   sync.Mutex
	code *actor.Registry // that actions is of
	list map[string][]inspect.Action
}

// of is the actions of each type, in their order. Callers don't change them.
func (s *signed) of(reg *actor.Registry, o Options) map[string][]inspect.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == reg {
		return s.list
	}
	r := &signer{o: o, files: map[string]*signature.File{}}
	s.code, s.list = reg, make(map[string][]inspect.Action, len(reg.Actors))
	for name, d := range reg.Actors {
		s.list[name] = r.actions(d)
	}
	return s.list
}

// signer reads the signatures of one version of the code.
type signer struct {
	o     Options
	files map[string]*signature.File
}

func (r *signer) actions(d *actor.Definition) []inspect.Action {
	out := make([]inspect.Action, 0, len(d.Actions))
	for i, name := range d.Actions {
		a := inspect.Action{Name: name}
		if i < len(d.Bodies) && r.o.Places != nil {
			if fn, at, ok := r.find(d, name, r.o.Places(d.Bodies[i])); ok {
				r.sign(&a, fn, at)
			}
		}
		out = append(out, a)
	}
	return out
}

// find chooses among the places that have the action's text: one in the call of
// actor() that defines it, under its name, comes before others.
func (r *signer) find(d *actor.Definition, name string, places []string) (fn signature.Func, at position, ok bool) {
	best := -1
	def, known := positionOf(d.At)
	var call signature.Call
	if known {
		if f := r.file(def.file); f != nil {
			call, known = f.Call(def.line, def.col)
		}
	}
	for _, p := range places {
		here, valid := positionOf(p)
		f := r.file(here.file)
		if !valid || f == nil {
			continue
		}
		got, is := f.Func(here.line, here.col)
		if !is {
			continue
		}
		score := 0
		if known && here.file == def.file && call.Has(here.line) {
			score += 2
		}
		if got.Name == name {
			score++
		}
		if score > best {
			best, fn, at, ok = score, got, here, true
		}
	}
	return fn, at, ok
}

func (r *signer) file(name string) *signature.File {
	f, ok := r.files[name]
	if !ok {
		if text, found := r.o.Source(name); found {
			f = signature.Parse(string(text))
		}
		r.files[name] = f
	}
	return f
}

// sign fills in what the source says; the first parameter is the context.
func (r *signer) sign(a *inspect.Action, fn signature.Func, at position) {
	a.Doc, a.Returns, a.File, a.Line = fn.Doc, fn.Returns, at.file, fn.Line
	params := fn.Params
	if len(params) > 0 && params[0].Name == "this" {
		params = params[1:]
	}
	texts := []string{}
	for i, p := range params {
		if i == 0 && !p.Rest {
			continue
		}
		a.Params = append(a.Params, inspect.Param{
			Name: p.Name, Type: p.Type, Default: p.Default, Optional: p.Optional, Rest: p.Rest, Schema: schemaOf(r.files[at.file], p),
		})
		texts = append(texts, p.Text())
	}
	a.Signature = "(" + strings.Join(texts, ", ") + ")"
	if fn.Returns != "" {
		a.Signature += ": " + fn.Returns
	}
}

func schemaOf(f *signature.File, p signature.Param) json.RawMessage {
	s := f.Schema(p.Type)
	if p.Type == "" && p.Default != "" {
		s = signature.SchemaOfDefault(p.Default)
	}
	if p.Rest && s["type"] == "array" {
		if s, _ = s["items"].(signature.Schema); s == nil {
			return nil
		}
	}
	if len(s) == 0 {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		return nil // can't happen: schemas are of JSON's own kinds
	}
	return b
}

// position is a place in a source, from 1.
type position struct {
	file      string
	line, col int
}

// positionOf reads "file:line:col".
func positionOf(at string) (p position, ok bool) {
	rest, col, ok := cutLast(at)
	if !ok {
		return p, false
	}
	file, line, ok := cutLast(rest)
	return position{file, line, col}, ok
}
