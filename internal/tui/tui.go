// Package tui shows a running rivet in a terminal: its actors, what they hold,
// and what they do, live. It speaks the inspector API through internal/client
// and knows nothing that others can't know.
//
// [Run] takes the terminal until the user leaves, and gives it back as it was,
// also after a panic. The rest is one model in the manner of bubbletea: all
// state belongs to the program's goroutine; what the server tells comes as
// batches from [feed], whose goroutines Run waits for; what is asked of the
// server is asked in commands. Nothing ticks while nothing happens.
package tui

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/rivetdev/rivet/internal/client"
)

// Options configure Run; a zero field takes the default it names.
type Options struct {
	// Connect finds the server; it is asked again when the server has gone, since
	// the next one may have another address and token. Required.
	Connect func(context.Context) (*client.Inspector, error)

	In      io.Reader // required: the terminal
	Out     io.Writer // required: the terminal
	Environ []string  // "NAME=value": TERM, NO_COLOR …

	// Colors: "always", "never", or "" for what terminal and environment say.
	Colors string
	// Dir is the project's directory, to which files are relative; "": the
	// server is elsewhere, and no file can be opened.
	Dir string
	// Editor is the command line that opens a file at a place; window: it has a
	// window of its own and doesn't need the terminal. nil: there is no editor.
	Editor func(file string, line, col int) (argv []string, window bool, err error)
	// OpenURL opens a page of the Studio, below /studio, in a browser; nil: it can't.
	OpenURL func(ctx context.Context, in *client.Inspector, path string) error
	// InDev: this is the terminal of `rivet dev`, to which q goes back.
	InDev bool

	Now func() time.Time // nil: time.Now
}

// Exit is how the user left.
type Exit uint8

// The ways out. Of `rivet dev --tui`, Left goes back to plain output, and
// Stopped stops the server.
const (
	Left    Exit = iota // q
	Stopped             // Ctrl-C, or the end of ctx
)

// Run shows the interface until the user leaves or ctx ends; both are a clean
// end. Errors of the server are shown, not returned. A panic is raised again
// when the terminal is as it was.
func Run(ctx context.Context, o Options) (Exit, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := newModel(o)
	opts := []tea.ProgramOption{
		tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithEnvironment(o.Environ),
		tea.WithFPS(30), tea.WithoutSignalHandler(), tea.WithoutCatchPanics(),
	}
	switch o.Colors {
	case "always":
		opts = append(opts, tea.WithColorProfile(colorprofile.TrueColor))
	case "never":
		opts = append(opts, tea.WithColorProfile(colorprofile.Ascii))
	}
	p := tea.NewProgram(m, opts...)
	m.feed = newFeed(o.Connect, p.Send)
	m.ctx = ctx
	feeding, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() {
			if r := recover(); r != nil {
				p.Send(caught{r, debug.Stack()})
			}
		}()
		m.feed.run(feeding)
	}()
	ending := context.AfterFunc(ctx, p.Quit) // a killed program doesn't wait for its reader
	_, err := p.Run()
	ending()
	stop()
	wg.Wait()
	m.closeRepl()
	if m.panic != nil {
		panic(&Panic{What: m.panic.what, Stack: m.panic.stack})
	}
	if ctx.Err() != nil {
		m.exit = Stopped
	}
	return m.exit, err
}

// Panic is what Run raises again after a panic: with the stack that was lost by
// raising it again.
type Panic struct {
	What  any
	Stack []byte
}

func (p *Panic) String() string { return fmt.Sprint(p.What) }

// caught is a panic that the terminal must not be left to.
type caught struct {
	what  any
	stack []byte
}

// guard runs a command so that its panic ends the program in order.
func guard(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = caught{r, debug.Stack()}
			}
		}()
		return cmd()
	}
}
