package cli

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/spf13/pflag"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
)

// discoverTime bounds the search for the project's server.
const discoverTime = 3 * time.Second

// serverOptions say which server a command speaks to.
type serverOptions struct {
	url, token string
	asClient   bool
	embedded   bool
}

func (s *serverOptions) register(f *pflag.FlagSet) {
	s.registerURL(f)
	f.BoolVar(&s.asClient, "as-client", false, "come in by the public door, where onAuth decides")
}

// registerURL is for commands that know no public door.
func (s *serverOptions) registerURL(f *pflag.FlagSet) {
	f.StringVar(&s.url, "url", "", "the server's `URL` (RIVET_URL, else the project's running server)")
	f.StringVar(&s.token, "token", "", "the server's `TOKEN` (RIVET_AUTH_TOKEN)")
}

// registerEmbedded is for commands that can do without a server.
func (s *serverOptions) registerEmbedded(f *pflag.FlagSet) {
	f.BoolVar(&s.embedded, "embedded", false, "open the project's data in this process; no server may have it")
}

// connect makes a client of the protocol.
func (a *App) connect(ctx context.Context, s serverOptions, e client.Encoding) (*client.Client, error) {
	if s.embedded {
		at, err := a.embed(ctx, s, true)
		if err != nil {
			return nil, err
		}
		return client.New(client.Options{Encoding: e, URL: at.url, Token: at.token, HTTPClient: at.http, Header: viaCLI()})
	}
	url, token, err := a.locate(ctx, s)
	if err != nil {
		return nil, err
	}
	if s.asClient {
		token = ""
	}
	c, err := client.New(client.Options{Encoding: e, URL: url, Token: token, Header: viaCLI()})
	return c, a.blame(s, err)
}

// viaCLI says that it is the command line that calls; only a server-side
// caller's word is taken.
func viaCLI() http.Header { return http.Header{"X-Rivet-Via": {"cli"}} }

// inspect makes a client of the inspector API.
func (a *App) inspect(ctx context.Context, s serverOptions) (*client.Inspector, error) {
	if s.embedded {
		at, err := a.embed(ctx, s, false)
		if err != nil {
			return nil, err
		}
		return client.NewInspector(client.InspectorOptions{URL: at.url, Token: at.token, Via: "cli", HTTPClient: at.http})
	}
	url, token, err := a.locate(ctx, s)
	if err != nil {
		return nil, err
	}
	in, err := client.NewInspector(client.InspectorOptions{URL: url, Token: token, Via: "cli"})
	return in, a.blame(s, err)
}

// locate finds the server: --url with --token, else RIVET_URL with
// RIVET_AUTH_TOKEN, else what the project is running. A token goes only to the
// URL that came from the same place.
func (a *App) locate(ctx context.Context, s serverOptions) (url, token string, err error) {
	switch {
	case s.url != "":
		a.named = "--url"
		return s.url, s.token, nil
	case s.token != "":
		return "", "", usage("--token needs --url: a token goes only to the server it is for").pointAt("--token")
	case a.env["RIVET_URL"] != "":
		a.named = "RIVET_URL"
		return a.env["RIVET_URL"], a.env["RIVET_AUTH_TOKEN"], nil
	}
	found, err := a.discover(ctx)
	if err != nil {
		return "", "", err
	}
	return found.URL, found.Token, nil
}

// blame points at what an address came from that is none.
func (a *App) blame(s serverOptions, err error) error {
	if err == nil || a.named == "" {
		return err
	}
	f := &failure{says: errs.As(err)}
	if a.named == "RIVET_URL" {
		return f.hint("RIVET_URL has it: %s", f.says.Hint)
	}
	return f.pointAt(s.url)
}

// answered words what a server didn't say, or refused to say, for who named it
// by an address: what helps with the project's own server doesn't help there.
func (a *App) answered(err error) error {
	var f *failure
	if a.named == "" || errors.As(err, &f) {
		return err
	}
	e := *errs.As(err)
	switch {
	case e.Code == errs.NoServer && a.named == "RIVET_URL":
		e.Hint = "RIVET_URL names it: start it, or correct or unset that"
	case e.Code == errs.NoServer:
		e.Hint = "start it, or correct --url"
	case e.Code == errs.Unauthorized && e.Hint != "" && a.named == "RIVET_URL": // the inspector API's, not an actor's
		e.Hint = "set RIVET_AUTH_TOKEN to the server's auth.token or studio.token"
	case e.Code == errs.Unauthorized && e.Hint != "":
		e.Hint = "--token takes the server's auth.token or studio.token"
	default:
		return err
	}
	return &e
}

func (a *App) discover(ctx context.Context) (*client.Server, error) {
	ctx, cancel := context.WithTimeout(ctx, discoverTime)
	defer cancel()
	return client.Discover(ctx, a.Cwd, client.DiscoverOptions{Home: a.env["HOME"]})
}
