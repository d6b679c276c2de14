package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// searchAgain is how often a server that has gone is looked for.
const searchAgain = 300 * time.Millisecond

// topic is what a command follows.
type topic struct {
	name   string
	query  inspect.Query
	window *inspect.Window
	// told is told each update, on a goroutine of the watch; its error ends
	// following. server names the run of the server that it came from.
	told func(in *client.Inspector, server string, u client.Update) error
	// back, if set, is called there when what is told next may leave out what
	// happened meanwhile.
	back func()
}

// follow follows a topic until ctx ends or told fails. It outlives the server:
// the watch opens its socket again by itself, and a project's server that was
// started anew, at another port and with another token, is found again.
func (a *App) follow(ctx context.Context, server serverOptions, t topic) error {
	in, err := a.inspect(ctx, server)
	if err != nil {
		return err
	}
	for {
		err := a.followOne(ctx, server, in, t)
		var moved *movedError
		if !errors.As(err, &moved) {
			return err
		}
		if in = moved.to; t.back != nil {
			t.back() // the watch and its goroutine have ended
		}
	}
}

// movedError: the project's server is another one now.
type movedError struct{ to *client.Inspector }

func (*movedError) Error() string { return "the server was started anew" }

func (a *App) followOne(ctx context.Context, server serverOptions, in *client.Inspector, t topic) error {
	ended := make(chan error, 1)
	end := func(err error) {
		select {
		case ended <- err:
		default: // the first one tells why
		}
	}
	state := make(chan error, 16)
	w, err := in.Watch(ctx, func(err error) {
		if err == nil && t.back != nil {
			t.back()
		}
		select {
		case state <- err:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer w.Close()
	begin := func() { // anew, if the server couldn't say for a while
		w.Subscribe(t.name, t.query, t.window, func(u client.Update) {
			switch {
			case u.Err != nil && passes(u.Err):
				if t.back != nil {
					t.back()
				}
				select {
				case state <- errCannotSay:
				default:
				}
			case u.Err != nil:
				end(u.Err)
			default:
				if err := t.told(in, w.Meta().Instance, u); err != nil {
					end(err)
				}
			}
		})
	}
	begin()
	var anew <-chan time.Time
	var search <-chan time.Time
	gone := false
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-ended:
			return err
		case err := <-state:
			if errors.Is(err, errCannotSay) {
				if anew == nil {
					anew = time.After(searchAgain)
				}
				continue
			}
			search = nil
			switch {
			case err == nil && gone:
				gone = false
				a.note("the server is back")
			case err != nil && errs.Is(err, errs.Unauthorized) && server.fixed(a):
				return err
			case err != nil:
				if !gone {
					gone = true
					a.note("the server has gone; waiting for it")
				}
				search = time.After(searchAgain)
			}
		case <-anew:
			anew = nil
			begin()
		case <-search:
			search = time.After(searchAgain)
			if to := a.elsewhere(ctx, server, w.Meta().Instance); to != nil {
				a.note("the server is back")
				return &movedError{to}
			}
		}
	}
}

// errCannotSay: the server has ended a subscription, but not for good.
var errCannotSay = errors.New("the server can't say now")

// passes reports whether an error is one of a server that stops, or of a disk
// that may be mended.
func passes(err error) bool {
	switch errs.CodeOf(err) {
	case errs.StorageUnavailable, errs.ShuttingDown, errs.ActorNotReady:
		return true
	}
	return false
}

// fixed reports whether the server was named, and not found by the project.
func (s *serverOptions) fixed(a *App) bool { return s.url != "" || a.env["RIVET_URL"] != "" }

// elsewhere is the project's server if it is another run than instance.
func (a *App) elsewhere(ctx context.Context, server serverOptions, instance string) *client.Inspector {
	if server.fixed(a) {
		return nil // the watch tries that address by itself
	}
	found, err := a.discover(ctx)
	if err != nil || found.Instance == instance {
		return nil
	}
	in, err := client.NewInspector(client.InspectorOptions{URL: found.URL, Token: found.Token, Via: "cli"})
	if err != nil {
		return nil
	}
	return in
}

// picture draws text in place of what it drew before, on a terminal.
type picture struct {
	a     *App
	lines int
}

// draw replaces what was drawn by text, of lines lines.
func (p *picture) draw(text string, lines int) error {
	up := ""
	if p.lines > 0 {
		up = fmt.Sprintf("\x1b[%dA\r\x1b[J", p.lines)
	}
	p.lines = lines
	_, err := fmt.Fprint(p.a.Out, up+text)
	return err
}
