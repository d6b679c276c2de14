package cli

import (
	"context"
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
}

func (s *serverOptions) register(f *pflag.FlagSet) {
	f.StringVar(&s.url, "url", "", "the server's `URL` (RIVET_URL, else the project's running server)")
	f.StringVar(&s.token, "token", "", "the server's `TOKEN` (RIVET_AUTH_TOKEN)")
	f.BoolVar(&s.asClient, "as-client", false, "come in by the public door, where onAuth decides")
}

// connect finds the server: --url with --token, else RIVET_URL with
// RIVET_AUTH_TOKEN, else what the project is running. A token goes only to the
// URL that came from the same place.
func (a *App) connect(ctx context.Context, s serverOptions) (*client.Client, error) {
	o := client.Options{Encoding: client.JSON}
	switch {
	case s.url != "":
		o.URL, o.Token = s.url, s.token
	case s.token != "":
		return nil, usage("--token needs --url: a token goes only to the server it is for").pointAt("--token")
	case a.env["RIVET_URL"] != "":
		o.URL, o.Token = a.env["RIVET_URL"], a.env["RIVET_AUTH_TOKEN"]
	default:
		found, err := a.discover(ctx)
		if err != nil {
			return nil, err
		}
		o.URL, o.Token = found.URL, found.Token
	}
	if s.asClient {
		o.Token = ""
	}
	c, err := client.New(o)
	if err != nil && s.url != "" {
		return nil, (&failure{says: errs.As(err)}).pointAt(s.url)
	}
	return c, err
}

func (a *App) discover(ctx context.Context) (*client.Server, error) {
	ctx, cancel := context.WithTimeout(ctx, discoverTime)
	defer cancel()
	return client.Discover(ctx, a.Cwd, client.DiscoverOptions{Home: a.env["HOME"]})
}
