// Package bundle turns a project's entry file into an actor.Bundle: programs
// that goja can run, with source maps, or problems with a place and a hint.
//
// esbuild runs in process. A Builder keeps its incremental context, so a
// rebuild after a save parses what changed. Dependencies from node_modules
// become a program of their own (Bundle.Vendor) that stays the same, hash
// included, until they change; the SDK is a third program, compiled once a
// process (BuildSDK). The programs meet in three globals: __rivet_modules
// (specifier → module, set by the SDK and the host), __rivet_vendor (id →
// module, set by Vendor) and __rivet_entry (set by User).
//
// A Builder may be used by one goroutine at a time. It starts nothing that
// outlives Build, but Close frees esbuild's caches.
package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/rivetdev/rivet/internal/actor"
)

// Options configure a Builder.
type Options struct {
	Dir    string            // required: the project's directory
	Entry  string            // required: the entry file, absolute or relative to Dir
	SDK    fs.FS             // the embedded SDK; nil: no SDK specifier resolves
	Define map[string]string // constants, as esbuild's define: name → JavaScript literal
	Env    map[string]string // values of import.meta.env.NAME
	Dev    bool              // NODE_ENV is "development"
	// Portable: the code will run elsewhere, so import.meta says where a file is
	// in the project, not on this machine.
	Portable bool
}

// Builder builds one project again and again.
type Builder struct {
	opts     Options
	async    bool // the entry needed the wrapper for top-level await
	ctx      api.BuildContext
	sdk      map[string][]string // exports of each SDK file; nil: not read yet
	vendor   vendorCache
	seen     *inputs
	warnings []Problem
}

// New makes a Builder; it reads nothing yet.
func New(o Options) *Builder {
	if abs, err := filepath.Abs(o.Dir); err == nil {
		o.Dir = abs
	}
	if !filepath.IsAbs(o.Entry) {
		o.Entry = filepath.Join(o.Dir, o.Entry)
	}
	return &Builder{opts: o, seen: newInputs()}
}

// Close frees what the Builder keeps between builds.
func (b *Builder) Close() {
	if b.ctx != nil {
		b.ctx.Dispose()
		b.ctx = nil
	}
}

// Warnings are those of the last Build.
func (b *Builder) Warnings() []Problem { return b.warnings }

// Build builds the project as it is on disk now. A failure is an *Error, unless
// ctx ended.
func (b *Builder) Build(ctx context.Context) (*actor.Bundle, error) {
	if b.sdk == nil && b.opts.SDK != nil {
		exports, err := sdkExports(b.opts.SDK)
		if err != nil {
			return nil, fmt.Errorf("read the SDK: %w", err)
		}
		b.sdk = exports
	}
	b.seen.reset()
	b.vendor.begin()
	out, err := b.buildUser(ctx)
	if err == nil && b.vendor.broken() {
		err = errVendor
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return b.buildWhole(ctx)
	}
	if ids := out.vendorIDs(); len(ids) > 0 {
		v, err := b.vendorScript(ctx, ids)
		if err != nil {
			return b.buildWhole(ctx)
		}
		out.bundle.Vendor = v
	}
	return b.finish(out)
}

var errVendor = fmt.Errorf("a dependency can't be a program of its own")

// output is one build of the user's program.
type output struct {
	bundle *actor.Bundle
	meta   *metafile
}

// vendorIDs are the ids of the vendor modules that made it into the program.
func (o *output) vendorIDs() []string {
	var ids []string
	for _, out := range o.meta.Outputs {
		for in := range out.Inputs {
			if id, ok := strings.CutPrefix(in, "rivet:vendor-cjs/"); ok {
				ids = append(ids, strings.TrimSuffix(id, noExt))
			}
		}
	}
	return ids
}

// userSettings are esbuild's options for the user's program.
func (b *Builder) userSettings(r *resolver) api.BuildOptions {
	o := settings(b.opts.Dir)
	entry, _ := json.Marshal(b.opts.Entry)
	o.Stdin = &api.StdinOptions{
		Contents:   fmt.Sprintf("import * as entry from %s;\nglobalThis.__rivet_entry = entry;\n", entry),
		Sourcefile: "rivet:entry", ResolveDir: b.opts.Dir,
	}
	o.Outfile = filepath.Join(b.opts.Dir, "user.js")
	o.Define = b.opts.defines(true)
	// Modules are strict; esbuild says so only of ES module output.
	o.Banner = map[string]string{"js": "\"use strict\";"}
	if b.async {
		o.Format = api.FormatESModule
		o.Banner = map[string]string{"js": "\"use strict\";\nglobalThis.__rivet_ready = (async () => {"}
		o.Footer = map[string]string{"js": "})();"}
	}
	o.Plugins = []api.Plugin{r.plugin()}
	return o
}

const awaitInIIFE = `"iife" output format`

// buildUser builds the user's modules alone, switching the wrapper when
// top-level await appears or goes.
func (b *Builder) buildUser(ctx context.Context) (*output, error) {
	for {
		if b.ctx == nil {
			c, err := api.Context(b.userSettings(&resolver{b: b, split: true}))
			if err != nil {
				return nil, &Error{Problems: problemsOf(SeverityError, err.Errors, nil)}
			}
			b.ctx = c
		}
		stop := context.AfterFunc(ctx, b.ctx.Cancel)
		res := b.ctx.Rebuild()
		stop()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if b.switchAsync(&res) {
			b.Close()
			continue
		}
		return b.userOutput(res)
	}
}

// switchAsync reports whether the program must be built again in the other form.
func (b *Builder) switchAsync(res *api.BuildResult) bool {
	if !b.async {
		for _, e := range res.Errors {
			if strings.Contains(e.Text, awaitInIIFE) && strings.Contains(e.Text, "await") {
				b.async = true
				return true
			}
		}
		return false
	}
	if len(res.Errors) == 0 && len(res.OutputFiles) > 0 && !strings.Contains(string(code(res)), "await") {
		b.async = false
		return true
	}
	return false
}

// duplicateKeys are the warnings of object literals in the user's own files that
// name a member twice: an actor or action of that name would vanish silently.
func duplicateKeys(warnings []api.Message) []api.Message {
	var out []api.Message
	for _, w := range warnings {
		if w.ID == "duplicate-object-key" && w.Location != nil && !strings.Contains(w.Location.File, "node_modules/") {
			w.Detail = hint("Two members of one name: only the last would count. Give each a name of its own.")
			out = append(out, w)
		}
	}
	return out
}

func (b *Builder) userOutput(res api.BuildResult) (*output, error) {
	if twice := duplicateKeys(res.Warnings); len(twice) > 0 && len(res.Errors) == 0 {
		return nil, &Error{Problems: problemsOf(SeverityError, twice, b.lineOf)}
	}
	b.warnings = problemsOf(SeverityWarning, res.Warnings, b.lineOf)
	s, err := script(userScript, res, b.lineOf)
	if err != nil {
		return nil, err
	}
	meta, err := parseMeta(res.Metafile)
	if err != nil {
		return nil, err
	}
	return &output{meta: meta, bundle: &actor.Bundle{
		Dir: b.opts.Dir, Entry: b.opts.Entry, User: s, Async: b.async,
	}}, nil
}

// buildWhole builds everything as one program: the way out when a dependency
// can't stand alone (top-level await in it), and the way to errors that name the
// chain of imports.
func (b *Builder) buildWhole(ctx context.Context) (*actor.Bundle, error) {
	for {
		r := &resolver{b: b, edges: map[string]string{}}
		res := api.Build(b.userSettings(r))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if b.switchAsync(&res) {
			b.Close()
			continue
		}
		r.explain(res.Errors)
		out, err := b.userOutput(res)
		if err != nil {
			if e, ok := err.(*Error); ok {
				b.sayEntry(e.Problems)
				e.Inputs = b.allInputs()
			}
			return nil, err
		}
		return b.finish(out)
	}
}

// sayEntry words problems of the module that imports the entry, which nobody wrote.
func (b *Builder) sayEntry(problems []Problem) {
	for i := range problems {
		if problems[i].File != "rivet:entry" {
			continue
		}
		p := Problem{Severity: SeverityError, Length: 1, Text: problems[i].Text, Hint: problems[i].Hint}
		if _, err := os.Stat(b.opts.Entry); errors.Is(err, fs.ErrNotExist) {
			p.Text = "the entry " + b.relative(b.opts.Entry) + " isn't there any more"
			p.Hint = "put it back; if it has another name now, start again, or set entry in rivet.yaml"
		}
		problems[i] = p
	}
}

func (b *Builder) finish(out *output) (*actor.Bundle, error) {
	bu := out.bundle
	bu.Inputs = b.allInputs()
	sum := bu.User.Hash
	if bu.Vendor != nil {
		sum += bu.Vendor.Hash
	}
	bu.Hash = hashOf(fmt.Sprint(bu.Async), sum)
	return bu, nil
}
