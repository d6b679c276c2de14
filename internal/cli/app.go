// Package cli is rivet's command line: one file a command, flags into a struct
// of options, a run that knows nothing of cobra, and the result printed.
//
// What the outside gives (streams, environment, directory, terminal) stands in
// [App], so that a test can run any command in its own process. [App.Run] maps
// errors to exit codes and prints them, in one place: a command prints its
// result or returns an error, never both.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/itchyny/gojq"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui"
)

// App is rivet as the outside sees it.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Cwd      string   // absolute
	Environ  []string // "NAME=value"
	Build    Build

	// InTTY, OutTTY and ErrTTY tell which streams are terminals; Width is that
	// of the terminal in columns, 0 if it isn't known, Height in lines.
	InTTY, OutTTY, ErrTTY bool
	Width, Height         int

	// Now is the time that relative times count from; nil: time.Now.
	Now func() time.Time

	// Dev runs `rivet dev`; nil: the real one.
	Dev func(ctx context.Context, o DevOptions) error

	args   []string        // as they were typed
	over   <-chan struct{} // closed when the command is to end
	env    map[string]string
	global globals
	filter *gojq.Code     // of --jq; nil: none
	named  string         // what named the server that was asked: --url, RIVET_URL; "": the project
	atEnd  []func() error // closes what the command opened

	restoring sync.Mutex
	restore   func() // puts the terminal back as it was; nil: it is
}

// Restore puts the terminal back as it was found; whoever ends the process
// without waiting for Run calls it.
func (a *App) Restore() {
	a.restoring.Lock()
	defer a.restoring.Unlock()
	if a.restore != nil {
		a.restore()
		a.restore = nil
	}
}

func (a *App) onRestore(f func()) {
	a.restoring.Lock()
	defer a.restoring.Unlock()
	a.restore = f
}

// Build is what was built, set by the linker.
type Build struct{ Version, Commit, Date string }

// globals are the flags that every command has.
type globals struct {
	color   string
	quiet   bool
	verbose bool
	json    bool
	jq      string
	cwd     string
}

// The causes with which a signal ends a command's context.
var (
	ErrInterrupted = errors.New("interrupted")
	ErrTerminated  = errors.New("terminated")
)

// System is the App of this process.
func System(b Build) *App {
	if b.Version == "" {
		b.Version = "0.1.0-dev" // not built by a release
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "."
	}
	a := &App{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Cwd: cwd, Environ: config.Environ(), Build: b,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
	a.measure()
	return a
}

// measure asks how large the terminal is now, unless COLUMNS says it.
func (a *App) measure() {
	f, ok := a.Out.(*os.File)
	if !ok || !a.OutTTY {
		return
	}
	if w, h, err := term.GetSize(int(f.Fd())); err == nil {
		if a.Height = h; a.env["COLUMNS"] == "" {
			a.Width = w
		}
	}
}

// Run runs one command line (without the program's name) and returns the exit
// code: 0 done, 1 the answer is no, 2 wrong usage or configuration, 3 no server,
// 130 interrupted, 143 terminated.
func (a *App) Run(ctx context.Context, args []string) (code int) {
	a.args, a.over = args, ctx.Done()
	a.env = map[string]string{}
	for _, e := range a.Environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			a.env[name] = value
		}
	}
	if w, err := strconv.Atoi(a.env["COLUMNS"]); err == nil && w > 0 {
		a.Width = w
	}
	a.global.json = wantsJSON(args) // known even if the flags can't be parsed
	defer func() {
		a.Restore()
		if p := recover(); p != nil {
			code = a.panicked(p)
		}
	}()
	root := newRoot(a)
	root.SetArgs(maskNumbers(args))
	root.SetIn(a.In)
	root.SetOut(a.Out)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		root.SetOut(unquoted{a.Out})
	}
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	for _, f := range a.atEnd {
		if cerr := f(); err == nil {
			err = cerr
		}
	}
	return a.finish(ctx, err)
}

func wantsJSON(args []string) bool {
	for _, arg := range args {
		if arg == "--" {
			return false
		}
		if arg == "--json" || arg == "--json=true" || arg == "--jq" || strings.HasPrefix(arg, "--jq=") {
			return true
		}
	}
	return false
}

// panicked tells of a bug of ours.
func (a *App) panicked(p any) int {
	fmt.Fprintf(a.Err, "error: rivet has a bug: %s [internal_error]\n", a.errText(fmt.Sprint(p)))
	fmt.Fprintln(a.Err, "  Please report it, with what you did, at https://github.com/rivetdev/rivet/issues")
	if a.debug() {
		stack := debug.Stack()
		if t, ok := p.(*tui.Panic); ok {
			stack = t.Stack
		}
		fmt.Fprintf(a.Err, "%s\n", stack)
	} else {
		fmt.Fprintln(a.Err, "  RIVET_DEBUG=1 prints where it happened.")
	}
	return 1
}

func (a *App) debug() bool { return a.env["RIVET_DEBUG"] != "" }

// enter applies --cwd.
func (a *App) enter() error {
	if a.global.cwd == "" {
		return nil
	}
	dir := a.path(a.global.cwd)
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return usage("there is no directory %s", a.global.cwd).pointAt(a.global.cwd)
	}
	a.Cwd = dir
	return nil
}

// path is p, seen from the directory that the command runs in.
func (a *App) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(a.Cwd, p)
}

// columns is the width of the terminal now, 0 if it isn't known; COLUMNS wins.
func (a *App) columns() int {
	if out, ok := a.Out.(*os.File); ok && a.OutTTY && a.env["COLUMNS"] == "" {
		if w, _, err := term.GetSize(int(out.Fd())); err == nil {
			return w
		}
	}
	return a.Width
}

// note prints a remark that is neither result nor error.
func (a *App) note(format string, args ...any) {
	if !a.global.quiet {
		fmt.Fprintf(a.Err, "note: %s\n", a.errText(fmt.Sprintf(format, args...)))
	}
}

// usage is the error for a command line that can't be right; exit code 2.
func usage(format string, args ...any) *failure {
	return &failure{says: errs.New(errs.Usage, format, args...)}
}
