package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/client/repl"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui/console"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// replOptions are what `rivet repl` was asked for.
type replOptions struct {
	use       string   // actor to use, "": none
	eval      []string // -e
	keepGoing bool
	timeout   time.Duration
	server    serverOptions
}

func newReplCommand(a *App) *cobra.Command {
	var o replOptions
	var timeout string
	cmd := &cobra.Command{
		Use:   "repl [ACTOR]",
		Short: "Talk to the running actors in TypeScript",
		Long: `Evaluate TypeScript on the running server, as a server-side caller.

Each actor type is a function: counter("my-counter").increment(5). With ACTOR, as
in rivet repl counter/my-counter, its actions are functions and state its state.
.help lists the commands that begin with a dot.

Where standard input is no terminal, its lines are evaluated and results printed;
the first error ends it with exit code 1.`,
		Example: `  rivet repl
  rivet repl counter/my-counter
  rivet repl -e 'counter("my-counter").increment(5)'
  rivet repl counter/my-counter -e 'increment(5)' -e state --json`,
		Args: between(0, 1, "an ACTOR at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if _, err := client.ParseTarget(args[0]); err != nil {
					return (&failure{says: errs.As(err)}).pointAt(args[0])
				}
				o.use = args[0]
			}
			var err error
			if o.timeout, err = parseTime("--timeout", timeout); err != nil {
				return err
			}
			return runRepl(cmd.Context(), a, o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.eval, "eval", "e", nil, "evaluate `CODE` and end; repeatable")
	f.BoolVar(&o.keepGoing, "keep-going", false, "go on after an error; the exit code tells of it")
	f.StringVar(&timeout, "timeout", "30s", "stop a line after `TIME`")
	o.server.registerURL(f)
	return cmd
}

func runRepl(ctx context.Context, a *App, o replOptions) error {
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	interactive := len(o.eval) == 0 && a.InTTY && a.OutTTY && !a.global.json && a.env["TERM"] != "dumb"
	telling, stop := context.WithCancel(ctx)
	notices := make(chan repl.Notice, 64)
	connect := func(ctx context.Context) (*client.Inspector, error) { return a.inspect(ctx, o.server) }
	s := repl.New(repl.Options{Inspector: in, Connect: connect, Timeout: o.timeout, Dir: a.Cwd, Keep: interactive, Live: !a.global.json, Tell: func(n repl.Notice) {
		select {
		case notices <- n:
		case <-telling.Done(): // nobody hears any more
		}
	}})
	defer s.Close()
	defer stop()
	if _, err := s.Open(ctx, o.use); err != nil {
		if o.use != "" {
			return (&failure{says: errs.As(err)}).pointAt(o.use)
		}
		return err
	}
	if interactive {
		return a.talk(ctx, in, s, notices)
	}
	r := &replRun{App: a, ctx: ctx, s: s, o: o}
	if len(o.eval) > 0 {
		for _, code := range o.eval {
			if done, err := r.one(code); done || err != nil {
				return err
			}
		}
		return r.end()
	}
	return r.lines(a.stdin())
}

// talk is the REPL at a terminal.
func (a *App) talk(ctx context.Context, in *client.Inspector, s *repl.Session, notices <-chan repl.Notice) error {
	if err := s.Watch(ctx); err != nil {
		return err
	}
	p := painter(a.colorOut())
	greeting := ""
	if !a.global.quiet {
		greeting = p.dim(fmt.Sprintf("rivet %s at %s; .help helps, Ctrl-D ends", a.Build.Version, a.outText(in.URL())))
	}
	return console.Run(ctx, console.Options{
		Session: s, In: a.In, Out: a.Out, Environ: a.Environ, Color: a.colorOut(), Safe: a.outText,
		Greeting: greeting, Notices: notices,
	})
}

// replRun evaluates without a person at the keyboard.
type replRun struct {
	*App
	ctx    context.Context
	s      *repl.Session
	o      replOptions
	failed bool
}

// lines evaluates the inputs of a stream, each as soon as it is whole.
func (r *replRun) lines(in io.Reader) error {
	read := bufio.NewReader(in)
	var b strings.Builder
	for {
		line, err := read.ReadString('\n')
		b.WriteString(line)
		if code := b.String(); err != nil || !repl.Unfinished(code) {
			b.Reset()
			if done, eerr := r.one(strings.TrimRight(code, "\r\n")); done || eerr != nil {
				return eerr
			}
		}
		if errors.Is(err, io.EOF) {
			return r.end()
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
	}
}

func (r *replRun) end() error {
	if r.failed {
		return errSaidNo
	}
	return nil
}

// one evaluates an input and prints what comes of it; done: it was the last.
func (r *replRun) one(code string) (done bool, err error) {
	var failure, perr error
	err = r.s.Eval(r.ctx, code, func(a inspect.ReplAnswer) {
		if e := r.print(a); e != nil {
			perr = e
		}
		if a.Error != nil {
			failure = repl.Failure(a.Error)
		}
	})
	switch {
	case errors.Is(err, repl.ErrExit):
		return true, r.end()
	case errors.Is(err, repl.ErrClear):
		return false, nil
	case err != nil || perr != nil:
		return true, errors.Join(err, perr)
	case failure == nil:
		return false, nil
	}
	r.failed = true
	if r.global.json { // the answer has told it
		return !r.o.keepGoing, r.stop()
	}
	if !r.o.keepGoing {
		return true, failure
	}
	r.printError(failure)
	return false, nil
}

func (r *replRun) stop() error {
	if r.o.keepGoing {
		return nil
	}
	return errSaidNo
}

// print prints an answer: the result on standard output, and what was logged
// where console has it.
func (r *replRun) print(a inspect.ReplAnswer) error {
	if r.global.json {
		return r.printJSONLine(r.ctx, a)
	}
	for _, n := range a.Notes {
		r.note("%s", n.Text)
	}
	for _, l := range a.Logs {
		to, safe := r.Out, r.outText
		if l.Level == "warn" || l.Level == "error" {
			to, safe = r.Err, r.errText
		}
		if _, err := fmt.Fprintln(to, safe(l.Message)); err != nil {
			return err
		}
	}
	if a.Output == nil {
		return nil
	}
	_, err := fmt.Fprintln(r.Out, repl.Render(a.Output.Parts, r.colorOut(), r.outText))
	return err
}
