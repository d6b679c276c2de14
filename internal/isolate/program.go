package isolate

import (
	"fmt"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/sourcemap"
)

// code is a bundle ready to run in any number of isolates.
type code struct {
	bundle *actor.Bundle
	sdk    *goja.Program
	vendor *goja.Program // nil: none
	user   *goja.Program
	maps   sourcemap.Set
}

// compile compiles the programs of b, or takes them from an earlier load.
func (r *Runtime) compile(b *actor.Bundle) (*code, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := map[string]*goja.Program{}
	get := func(s *actor.Script) (*goja.Program, error) {
		if p := r.programs[s.Hash]; p != nil {
			kept[s.Hash] = p
			return p, nil
		}
		p, err := compileScript(s)
		if err != nil {
			return nil, err
		}
		kept[s.Hash] = p
		return p, nil
	}
	c := &code{bundle: b, maps: sourcemap.OfBundle(b)}
	var err error
	if c.sdk, err = get(&r.o.SDK); err != nil {
		return nil, err
	}
	if b.Vendor != nil {
		if c.vendor, err = get(b.Vendor); err != nil {
			return nil, err
		}
	}
	if c.user, err = get(&b.User); err != nil {
		return nil, err
	}
	r.programs = kept // what the last load did not use is garbage
	return c, nil
}

func compileScript(s *actor.Script) (*goja.Program, error) {
	ast, err := goja.Parse(s.Name, s.Code, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", s.Name, err)
	}
	p, err := goja.CompileAST(ast, false)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", s.Name, err)
	}
	return p, nil
}
