package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/daemon"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/sdk"
)

// errSaidNo: the command printed its result, and the result is no.
var errSaidNo = errors.New("the answer is no")

// checkProblem is one thing that `rivet check` found.
type checkProblem struct {
	Source string `json:"source"` // config, bundle, actors, project or tsc
	bundle.Problem
}

// checkResult is `rivet check --json`.
type checkResult struct {
	OK       bool           `json:"ok"`
	Actors   []string       `json:"actors"`
	Problems []checkProblem `json:"problems"`
	Fixed    []string       `json:"fixed"`
	TSC      string         `json:"tsc"` // the version that ran, "" if the project has none
}

func newCheckCommand(a *App) *cobra.Command {
	var fix bool
	cmd := &cobra.Command{
		Use:   "check [entry]",
		Short: "Say what is wrong with the project, without running it",
		Long: `Say what is wrong with the project: its configuration, its imports, its actors as
they are defined, and its types, by the tsc that the project has. The code is
loaded as actors load it: no server starts, nothing is called. Exit code 1 if there
is an error; warnings are none.`,
		Example: `  rivet check
  rivet check --fix
  rivet check --json --jq '.problems[].text'`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd.Context(), a, firstOf(args), fix)
		},
	}
	cmd.Flags().BoolVar(&fix, "fix", false, "mend what can be mended without thinking: misspelt keys, missing types, .gitignore")
	return cmd
}

func runCheck(ctx context.Context, a *App, arg string, fix bool) error {
	began := time.Now()
	var fixed []string
	c, err := a.check(ctx, arg)
	for i := 0; fix && err == nil && i < 5; i++ { // what is mended may bring the next to light
		done, ferr := c.fix()
		if ferr != nil {
			return ferr
		}
		if len(done) == 0 {
			break
		}
		fixed = append(fixed, done...)
		c, err = a.check(ctx, arg)
	}
	if err != nil {
		return err
	}
	c.tsc(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return c.print(ctx, fixed, time.Since(began))
}

// checking is one check of a project.
type checking struct {
	a        *App
	dir      string
	actors   []string
	problems []checkProblem
	compiler string // tsc's version
	bundled  bool
}

func (c *checking) add(source string, p ...bundle.Problem) {
	for _, p := range p {
		c.problems = append(c.problems, checkProblem{source, p})
	}
}

// check is everything but tsc.
func (a *App) check(ctx context.Context, arg string) (*checking, error) {
	dir, err := a.projectDir(arg)
	if err != nil {
		return nil, err
	}
	c := &checking{a: a, dir: dir, actors: []string{}, problems: []checkProblem{}}
	p, err := c.config(arg)
	if err != nil {
		return nil, err
	}
	entry, err := p.entry()
	if err != nil {
		if len(c.problems) > 0 {
			return c, nil
		}
		return nil, err
	}
	c.project()
	if err := WriteTools(dir, a.version().Version); err != nil {
		c.add("project", bundle.Problem{Severity: bundle.SeverityWarning, Text: err.Error()})
	}
	return c, c.code(ctx, p, entry)
}

// config reads the configuration; with mistakes in it the rest is checked as
// far as that goes without.
func (c *checking) config(arg string) (*project, error) {
	var flags []config.Flag
	if path := c.a.path(arg); arg != "" && path != c.dir {
		flags = append(flags, config.Flag{Key: "entry", Text: path, Name: "[entry]"})
	}
	o := config.Options{Dir: c.dir, Cwd: c.a.Cwd, Environ: c.a.Environ, Flags: flags, Unexpanded: true}
	r, err := config.Load(o)
	var invalid *config.Invalid
	if errors.As(err, &invalid) {
		for _, p := range invalid.Problems {
			c.add("config", c.configProblem(p, bundle.SeverityError))
		}
		o.File, o.FileName, o.Environ = []byte{}, config.FileName, nil
		r, err = config.Load(o)
	}
	if err != nil {
		return nil, err
	}
	if invalid == nil { // what is missing here may be there where the server starts
		o.Unexpanded = false
		if _, err := config.Load(o); errors.As(err, &invalid) {
			for _, p := range invalid.Problems {
				c.add("config", c.configProblem(p, bundle.SeverityWarning))
			}
		}
	}
	for _, n := range r.Notes {
		c.add("config", bundle.Problem{Severity: bundle.SeverityWarning, Text: n})
	}
	return &project{dir: c.dir, config: r}, nil
}

func (c *checking) configProblem(p config.Problem, severity bundle.Severity) bundle.Problem {
	out := bundle.Problem{Severity: severity, Text: p.Msg, Length: 1}
	if p.Key != "" && p.Key != p.At {
		out.Text = p.Key + ": " + p.Msg
	}
	d := devOut{dir: c.dir}
	if !d.place(&out, p.At) && p.At != "" && out.File == "" {
		out.Text = p.At + ": " + out.Text
	}
	return out
}

// code bundles the project and looks at what it defines.
func (c *checking) code(ctx context.Context, p *project, entry string) error {
	b := bundle.New(bundle.Options{Dir: c.dir, Entry: entry, SDK: sdk.FS})
	defer b.Close()
	script, code, err := compile(ctx, b.Build)
	c.add("bundle", b.Warnings()...)
	var failed *bundle.Error
	if errors.As(err, &failed) {
		c.add("bundle", failed.Problems...)
		return nil
	}
	if err != nil {
		return err
	}
	c.bundled = true
	d := devOut{dir: c.dir}
	reg, states, err := daemon.Check(ctx, script, code, p.config.ProcessEnv(true))
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		problems := d.problems(err)
		for i := range problems {
			if problems[i].Hint == loadHint {
				problems[i].Hint = ""
			}
		}
		c.add("actors", problems...)
		return nil
	}
	for _, e := range states {
		c.add("actors", d.problems(e)...)
	}
	c.actors = slices.Sorted(maps.Keys(reg.Actors))
	for _, name := range c.actors {
		c.public(&d, name, reg.Actors[name])
	}
	return nil
}

// loadHint is for whoever saves a file, not for whoever checks.
const loadHint = "The code failed while it was loaded: repair it, then save."

// public warns of an actor that nobody can call from outside.
func (c *checking) public(d *devOut, name string, def *actor.Definition) {
	if def.HasOnAuth {
		return
	}
	p := bundle.Problem{
		Severity: bundle.SeverityWarning, Length: 1,
		Text: fmt.Sprintf("actor %q has no onAuth: every public caller is refused", name),
		Hint: "onAuth: () => {} lets everybody in; throw in it to refuse somebody",
	}
	_ = d.place(&p, d.relative(def.At)) // without a place it is told without one
	c.add("actors", p)
}

func (c *checking) count() (failures, warnings int) {
	for _, p := range c.problems {
		if p.Severity == bundle.SeverityError {
			failures++
		} else {
			warnings++
		}
	}
	return failures, warnings
}

// print prints what was found; an error among it is a no.
func (c *checking) print(ctx context.Context, fixed []string, took time.Duration) error {
	a := c.a
	failures, warnings := c.count()
	if err := c.printProblems(ctx, fixed, failures == 0); err != nil {
		return err
	}
	if a.OutTTY && !a.global.json {
		p := painter(a.colorOut())
		mark, said := p.green("✓"), "no problems"
		if failures > 0 {
			mark = p.red("✗")
		}
		if failures+warnings > 0 {
			said = plural(failures, "error") + ", " + plural(warnings, "warning")
		}
		text := fmt.Sprintf("%s %s", mark, said)
		if len(c.actors) > 0 {
			text += p.dim("  " + plural(len(c.actors), "actor") + ": " + a.outText(strings.Join(c.actors, ", ")))
		}
		text += p.dim(fmt.Sprintf("  %d ms", took.Milliseconds()))
		if c.compiler == "" && c.bundled {
			text += p.dim("\n  types are not checked: the project has no tsc (npm install -D typescript)")
		}
		if _, err := fmt.Fprintln(a.Out, text); err != nil {
			return err
		}
	}
	if failures > 0 {
		return errSaidNo
	}
	return nil
}

func (c *checking) printProblems(ctx context.Context, fixed []string, ok bool) error {
	a := c.a
	if a.global.json {
		if fixed == nil {
			fixed = []string{}
		}
		return a.printJSON(ctx, checkResult{OK: ok, Actors: c.actors, Problems: c.problems, Fixed: fixed, TSC: c.compiler})
	}
	for _, f := range fixed {
		a.note("%s", f)
	}
	for _, problem := range c.problems {
		var err error
		if a.OutTTY {
			o := bundle.FrameOptions{Color: a.colorOut(), Width: a.columns()}
			_, err = fmt.Fprintf(a.Out, "%s\n\n", safeProblem(safe.Text, problem.Problem).Frame(o))
		} else {
			at := problem.File
			if problem.Line > 0 {
				at = placeOf(problem.Problem)
			}
			_, err = fmt.Fprintf(a.Out, "%s\t%s\t%s\n", problem.Severity, at, oneLine.Replace(problem.Text))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relative is a path as people of the project write it.
func (c *checking) relative(path string) string {
	if rel, err := filepath.Rel(c.dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

// notFixed is what went wrong while a file was mended.
func notFixed(path string, err error) error {
	return errs.New(errs.Usage, "%s can't be mended: %s", path, reason(err))
}
