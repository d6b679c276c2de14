package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// failure is an error that knows which argument it is about.
type failure struct {
	says *errs.Error
	arg  string   // the argument to point at; "" for none
	more []string // lines about it, safe to show, in place of metadata
}

func (f *failure) Error() string { return f.says.Error() }

func (f *failure) Unwrap() error { return f.says }

// pointAt names the argument that is wrong.
func (f *failure) pointAt(arg string) *failure {
	f.arg = arg
	return f
}

func (f *failure) hint(format string, args ...any) *failure {
	f.says.Hint = fmt.Sprintf(format, args...)
	return f
}

// finish prints an error and returns the exit code.
func (a *App) finish(ctx context.Context, err error) int {
	var fatal unclean
	var network *net.OpError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &fatal):
		// told below, though a signal has ended the command
	case errors.Is(err, errSaidNo):
		return 1
	case errors.Is(err, errAborted):
		return 130
	case errors.Is(err, syscall.EPIPE) && !errors.As(err, &network):
		return 0 // whoever read has read enough
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), ErrInterrupted):
		return 130
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), ErrTerminated):
		return 143
	}
	err = a.answered(err)
	if a.global.json {
		a.printErrorJSON(err)
	} else {
		a.printError(err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	switch errs.CodeOf(err) {
	case errs.Usage, errs.ConfigInvalid:
		return 2
	case errs.NoServer, errs.ConnectionLost:
		return 3
	}
	return 1
}

// printError says what, where, and what to do.
func (a *App) printError(err error) {
	p := painter(a.colorErr())
	var build *bundle.Error
	if errors.As(err, &build) && len(build.Problems) > 0 {
		for _, problem := range build.Problems {
			fmt.Fprintln(a.Err, a.safeFrame(problem))
		}
		return
	}
	var invalid *config.Invalid
	if errors.As(err, &invalid) {
		a.printInvalid(p, invalid)
		return
	}
	e := errs.As(err)
	fmt.Fprintf(a.Err, "%s %s %s\n", p.bold(p.red("error:")), a.errText(e.Msg), p.dim("["+a.errText(string(e.Code))+"]"))
	var f *failure
	if !errors.As(err, &f) || !a.printPlace(p, f) {
		if e.At != "" {
			fmt.Fprintf(a.Err, "  at %s\n", a.errText(e.At))
		}
		if e.Hint != "" {
			fmt.Fprintf(a.Err, "  %s\n", strings.ReplaceAll(a.errText(e.Hint), "\n", "\n  "))
		}
	}
	if f != nil && f.more != nil {
		for _, line := range f.more {
			fmt.Fprintf(a.Err, "  %s\n", line)
		}
	} else if text, ok := metadataText(e); ok {
		fmt.Fprintf(a.Err, "  metadata: %s\n", a.errText(text))
	}
	if a.debug() {
		for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
			fmt.Fprintf(a.Err, "  cause: %s\n", a.errText(cause.Error()))
		}
	}
}

func (a *App) printInvalid(p painter, e *config.Invalid) {
	lines := e.Lines()
	if len(lines) == 1 {
		fmt.Fprintf(a.Err, "%s %s %s\n", p.bold(p.red("error:")), a.errText(lines[0]), p.dim("[config_invalid]"))
		return
	}
	fmt.Fprintf(a.Err, "%s the configuration has %d mistakes %s\n", p.bold(p.red("error:")), len(lines), p.dim("[config_invalid]"))
	for _, l := range lines {
		fmt.Fprintf(a.Err, "  %s\n", a.errText(l))
	}
}

// printPlace prints the command line with a mark under the argument that is
// wrong, and the hint behind it.
func (a *App) printPlace(p painter, f *failure) bool {
	line, at, width := "rivet", -1, 0
	for i, arg := range a.args {
		shown := a.errText(quoteArg(arg))
		if i > 0 && a.args[i-1] == "--token" {
			shown = "***" // what is printed may be kept, by CI for one
		} else if strings.HasPrefix(arg, "--token=") {
			shown = "--token=***"
		}
		if at < 0 && f.arg != "" && arg == f.arg {
			at, width = len([]rune(line))+1, max(1, len([]rune(shown)))
		}
		line += " " + shown
	}
	if at < 0 || at+width > max(a.Width, 80)*2 {
		return false
	}
	fmt.Fprintf(a.Err, "  %s\n  %s%s", line, strings.Repeat(" ", at), p.red(strings.Repeat("^", width)))
	if f.says.Hint != "" {
		fmt.Fprintf(a.Err, " %s", a.errText(f.says.Hint))
	}
	fmt.Fprintln(a.Err)
	return true
}

// quoteArg is arg as one would type it in a shell.
func quoteArg(arg string) string {
	if arg != "" && !strings.ContainsAny(arg, " \t\n\"'`$&|;<>()*?[]{}!#~\\") {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func metadataText(e *errs.Error) (string, bool) {
	if e.Metadata == nil {
		return "", false
	}
	if o, ok := e.Metadata.(*value.Object); ok && len(o.Keys) == 0 {
		return "", false
	}
	text, err := value.AppendJSON(nil, e.Metadata)
	return string(text), err == nil
}

// printErrorJSON prints the error as one document.
func (a *App) printErrorJSON(err error) {
	e := errs.As(err)
	var body struct {
		Error struct {
			Code     errs.Code        `json:"code"`
			Message  string           `json:"message"`
			Hint     string           `json:"hint,omitempty"`
			At       string           `json:"at,omitempty"`
			Metadata json.RawMessage  `json:"metadata,omitempty"`
			Problems []config.Problem `json:"problems,omitempty"`
			Build    []bundle.Problem `json:"build,omitempty"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message, body.Error.Hint, body.Error.At = e.Code, e.Msg, e.Hint, e.At
	if text, ok := metadataText(e); ok {
		body.Error.Metadata = json.RawMessage(text)
	}
	var invalid *config.Invalid
	if errors.As(err, &invalid) {
		body.Error.Problems, body.Error.At = invalid.Problems, invalid.Problems[0].At
	}
	var build *bundle.Error
	if errors.As(err, &build) && len(build.Problems) > 0 {
		p := build.Problems[0]
		body.Error.Build = build.Problems
		if p.File != "" {
			body.Error.At = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
		}
	}
	_ = writeJSON(a.Err, body, a.ErrTTY, a.ErrTTY, false) // nobody is left to tell
}
