// Package repl is the client's half of the REPL: a session on the server, the
// dot-commands that the server can't run (files, events as they come), the test
// whether an input goes on on the next line, and results as text for terminals.
// The command line and the terminal views share it; what evaluates is the
// server (POST /repl).
//
// A Session evaluates one input at a time. Its other methods may be called from
// any goroutine meanwhile.
package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// ErrExit and ErrClear are what Eval returns for .exit and .clear.
var (
	ErrExit  = errors.New("the REPL is to end")
	ErrClear = errors.New("the screen is to be cleared")
)

// Options configure a Session.
type Options struct {
	Inspector *client.Inspector // required
	// Connect finds the server anew when it has gone: the next one may have
	// another address and token. nil: it comes back where it was, or not at all.
	Connect func(context.Context) (*client.Inspector, error)
	Timeout time.Duration // of a line; 0: the server's, 30 s
	Dir     string        // from which .load and .save see files; "": the process's
	// Live has Eval print what is logged as it comes, each line as an answer of its own.
	Live bool
	// Keep has inputs join the history that all REPLs of the project share.
	Keep bool
	// Tell hears what comes by itself: events, a reload, a server that went or
	// came back. It is called from other goroutines; nil: nothing is told.
	Tell func(Notice)
}

// Notice is something that came by itself, on one line.
type Notice struct {
	Kind  string // event, reload, lost, back
	Parts []inspect.ReplPart
}

// Session is one REPL. Close ends it.
type Session struct {
	o Options

	mu      sync.Mutex
	in      *client.Inspector
	id      string
	use     string   // actor in use
	lines   []string // inputs so far, for .save
	watch   *client.Watch
	heard   map[string]*hearing // by actor and event, of .on
	version string              // of the code that serves, as far as was told

	loading int // depth of .load; of the goroutine that evaluates
	stop    context.CancelFunc
	watched chan struct{} // closed when the watch has ended; nil: there is none
}

// New makes a session; the server hears of it with the first input.
func New(o Options) *Session {
	if o.Tell == nil {
		o.Tell = func(Notice) {}
	}
	return &Session{o: o, in: o.Inspector, heard: map[string]*hearing{}}
}

// Close ends the session, here and on the server.
func (s *Session) Close() {
	if s.watched != nil {
		s.stop()
		<-s.watched
	}
	s.mu.Lock()
	id, in := s.id, s.in
	s.id = ""
	s.mu.Unlock()
	if id != "" {
		ctx, cancel := context.WithTimeout(context.Background(), endTime)
		defer cancel()
		_ = in.EndRepl(ctx, id) // else it ends when it has been idle for long
	}
}

const endTime = 500 * time.Millisecond

func (s *Session) inspector() *client.Inspector {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in
}

// Use is the actor in use, as people name it; "": none.
func (s *Session) Use() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.use
}

// Prompt stands in front of an input.
func (s *Session) Prompt() string { return s.Use() + "> " }

// Open makes the session on the server, with an actor in use if one is named.
func (s *Session) Open(ctx context.Context, use string) (inspect.ReplAnswer, error) {
	code := ""
	if use != "" {
		code = ".use " + use
	}
	a, err := s.send(ctx, code, nil)
	if err == nil && a.Error != nil {
		err = Failure(a.Error)
	}
	return a, err
}

// Failure is what an input threw as an error.
func Failure(e *inspect.ReplError) error {
	out := &errs.Error{Code: errs.Code(e.Code), Msg: e.Message, Hint: e.Hint, Public: true}
	if p := e.At; p != nil {
		out.At = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	if e.Metadata != nil {
		if v, err := e.Metadata.Value(); err == nil {
			out.Metadata = v
		}
	}
	return out
}

// Eval evaluates an input and gives print what came of it: once, but for .load
// once a line, and before it what is logged if Live. It returns when the input has ended; if ctx ends before, the
// server is told to stop it. The error is that there is no answer, ErrExit or
// ErrClear.
func (s *Session) Eval(ctx context.Context, code string, print func(inspect.ReplAnswer)) error {
	if strings.TrimSpace(code) == "" {
		return nil
	}
	if s.o.Keep {
		s.keep(ctx, code)
	}
	if name, rest, ok := command(code); ok {
		if run := s.local(name); run != nil {
			return run(ctx, rest, print)
		}
	} else {
		s.mu.Lock()
		s.lines = append(s.lines, code)
		s.mu.Unlock()
	}
	var told func(inspect.ReplLog)
	if s.o.Live {
		told = func(l inspect.ReplLog) { print(inspect.ReplAnswer{Logs: []inspect.ReplLog{l}}) }
	}
	a, err := s.send(ctx, code, told)
	if err != nil {
		return err
	}
	print(a)
	return nil
}

// keep adds to the history; that it can't is no reason not to evaluate.
func (s *Session) keep(ctx context.Context, code string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_ = s.inspector().KeepRepl(ctx, code) // as said
}

// interruptWait is how long an interrupted line may take to say so.
const interruptWait = 3 * time.Second

// send asks the server; see Eval for ctx. told nil: logs are in the answer.
func (s *Session) send(ctx context.Context, code string, told func(inspect.ReplLog)) (inspect.ReplAnswer, error) {
	s.mu.Lock()
	id, in := s.id, s.in
	s.mu.Unlock()
	asking, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		defer time.AfterFunc(interruptWait, cancel)
		if id == "" {
			cancel()
			return
		}
		quick, end := context.WithTimeout(asking, interruptWait)
		defer end()
		if in.InterruptRepl(quick, id) != nil {
			cancel()
		}
	})
	defer stop()
	q := inspect.ReplRequest{Session: id, Code: code, TimeoutMs: s.o.Timeout.Milliseconds()}
	var a inspect.ReplAnswer
	var err error
	if told != nil {
		a, err = in.ReplLive(asking, q, told)
	} else {
		a, err = in.Repl(asking, q)
	}
	if err != nil {
		if ctx.Err() != nil {
			return a, context.Cause(ctx)
		}
		return a, err
	}
	s.mu.Lock()
	s.id, s.use = a.ID, a.Use
	s.mu.Unlock()
	return a, nil
}

// Complete are the words that may stand at a byte of an input; from is the byte
// where they begin.
func (s *Session) Complete(ctx context.Context, code string, pos int) (from int, options []inspect.ReplOption, err error) {
	s.mu.Lock()
	id := s.id
	s.mu.Unlock()
	out, err := s.inspector().CompleteRepl(ctx, inspect.ReplCompleteRequest{Session: id, Code: code, Pos: units(code[:pos])})
	if err != nil {
		return pos, nil, err
	}
	return offset(code, out.From), out.Options, nil
}

// units counts UTF-16 code units, offset is their inverse.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

func offset(s string, n int) int {
	for i, r := range s {
		if n <= 0 {
			return i
		}
		n -= max(utf16.RuneLen(r), 1)
	}
	return len(s)
}

// History are the inputs of all REPLs of the project, oldest first.
func (s *Session) History(ctx context.Context) ([]string, error) {
	return s.inspector().ReplHistory(ctx)
}

// command takes a dot-command apart.
func command(code string) (name, rest string, ok bool) {
	code = strings.TrimSpace(code)
	if !isCommand(code) {
		return "", "", false
	}
	name, rest, _ = strings.Cut(code, " ")
	return name, strings.TrimSpace(rest), true
}

type localCommand = func(ctx context.Context, rest string, print func(inspect.ReplAnswer)) error

// local is what this side runs of the dot-commands, nil: the server does.
func (s *Session) local(name string) localCommand {
	switch name {
	case ".exit":
		return func(context.Context, string, func(inspect.ReplAnswer)) error { return ErrExit }
	case ".clear":
		return func(context.Context, string, func(inspect.ReplAnswer)) error { return ErrClear }
	case ".load":
		return s.load
	case ".save":
		return s.save
	case ".on":
		return s.on
	case ".off":
		return s.off
	}
	return nil
}

// said answers for this side.
func said(style, format string, args ...any) inspect.ReplAnswer {
	text := fmt.Sprintf(format, args...)
	return inspect.ReplAnswer{Output: &inspect.ReplOutput{Text: text, Parts: []inspect.ReplPart{{Style: style, Text: text}}}}
}

// refused answers with an error of this side.
func refused(code errs.Code, hint, format string, args ...any) inspect.ReplAnswer {
	e := inspect.ReplError{Code: string(code), Message: fmt.Sprintf(format, args...), Hint: hint}
	e.Parts = []inspect.ReplPart{{Style: "error", Text: e.Message}, {Style: "muted", Text: " [" + e.Code + "]"}}
	if hint != "" {
		e.Parts = append(e.Parts, inspect.ReplPart{Text: "\n  " + hint})
	}
	for _, p := range e.Parts {
		e.Text += p.Text
	}
	return inspect.ReplAnswer{Error: &e}
}

func (s *Session) path(file string) string {
	if filepath.IsAbs(file) || s.o.Dir == "" {
		return file
	}
	return filepath.Join(s.o.Dir, file)
}

const (
	maxLoad      = 4 << 20
	maxLoadDepth = 8
)

// load runs the inputs of a file, up to the first error.
func (s *Session) load(ctx context.Context, file string, print func(inspect.ReplAnswer)) error {
	if file == "" {
		print(refused(errs.InvalidRequest, "As in: .load setup.ts", "Which file?"))
		return nil
	}
	info, err := os.Stat(s.path(file))
	if err == nil && info.Size() > maxLoad {
		err = fmt.Errorf("it has more than %d bytes", maxLoad)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(s.path(file))
	}
	if err != nil {
		print(refused(errs.InvalidRequest, "", "%s can't be read: %v", file, unwrapPath(err)))
		return nil
	}
	if s.loading++; s.loading > maxLoadDepth {
		s.loading--
		print(refused(errs.InvalidRequest, "", "%s: files load each other too deeply", file))
		return nil
	}
	defer func() { s.loading-- }()
	failed := false
	for _, code := range Inputs(string(text)) {
		err := s.Eval(ctx, code, func(a inspect.ReplAnswer) {
			failed = failed || a.Error != nil
			print(a)
		})
		if err != nil || failed {
			return err
		}
	}
	return nil
}

func unwrapPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Inputs splits a text into inputs: a line each, or as many as belong together.
func Inputs(text string) (inputs []string) {
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		b.WriteString(strings.TrimSuffix(line, "\r"))
		if code := b.String(); !Unfinished(code) {
			if strings.TrimSpace(code) != "" {
				inputs = append(inputs, code)
			}
			b.Reset()
			continue
		}
		b.WriteByte('\n')
	}
	if code := b.String(); strings.TrimSpace(code) != "" {
		inputs = append(inputs, strings.TrimRight(code, "\n"))
	}
	return inputs
}

// save writes the session's lines to a file that isn't there yet.
func (s *Session) save(_ context.Context, file string, print func(inspect.ReplAnswer)) error {
	if file == "" {
		print(refused(errs.InvalidRequest, "As in: .save session.ts", "Which file?"))
		return nil
	}
	s.mu.Lock()
	text, n := strings.Join(s.lines, "\n"), len(s.lines)
	s.mu.Unlock()
	f, err := os.OpenFile(s.path(file), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text + "\n")
		err = errors.Join(err, f.Close())
	}
	switch {
	case errors.Is(err, os.ErrExist):
		print(refused(errs.InvalidRequest, "Name another file: nothing is overwritten.", "%s exists", file))
	case err != nil:
		print(refused(errs.InvalidRequest, "", "%s can't be written: %v", file, unwrapPath(err)))
	default:
		print(said("muted", "%d lines in %s", n, file))
	}
	return nil
}
