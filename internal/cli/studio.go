package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// studioOptions are what `rivet studio` was asked for.
type studioOptions struct {
	server              serverOptions
	readOnly            bool
	open, print         bool
	remote, remoteToken string
}

// studioResult is `rivet studio --json`.
type studioResult struct {
	URL    string `json:"url"`
	Server string `json:"server,omitempty"`
}

func newStudioCommand(a *App) *cobra.Command {
	var o studioOptions
	cmd := &cobra.Command{
		Use:   "studio",
		Short: "Open the Studio in a browser",
		Long: `Open the Studio of the project's running server in a browser. In a pipe, and with
--print-url, its address is printed instead, with a code that works once, for 30
seconds.

With --url the Studio looks into a server elsewhere: it is served on this machine
until Ctrl-C, and hands on what it asks for. The server's token stays in this process.`,
		Example: `  rivet studio
  rivet studio --print-url --read-only
  rivet studio --url https://app.example --token "$TOKEN"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.open && o.print {
				return usage("--open and --print-url can't go together").pointAt("--print-url")
			}
			return runStudio(cmd.Context(), a, o)
		},
	}
	o.server.registerURL(cmd.Flags())
	cmd.Flags().BoolVar(&o.readOnly, "read-only", false, "let it change nothing")
	cmd.Flags().BoolVar(&o.open, "open", false, "open a browser, in a pipe too")
	cmd.Flags().BoolVar(&o.print, "print-url", false, "print the address, and open no browser")
	return cmd
}

func runStudio(ctx context.Context, a *App, o studioOptions) error {
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	remote := o.server.url != "" || a.env["RIVET_URL"] != ""
	if !remote {
		c, err := in.Code(ctx, o.readOnly)
		if err != nil {
			return err
		}
		if c.Page != "" {
			return a.showStudio(ctx, o, studioResult{URL: c.Page + "#c=" + c.Code, Server: in.URL()})
		}
		a.note("the server has its Studio turned off, so it is served from here")
	}
	if o.remote, o.remoteToken, err = a.locate(ctx, o.server); err != nil {
		return err
	}
	return a.proxyStudio(ctx, o, in)
}

// showStudio opens a browser, or prints where the Studio is.
func (a *App) showStudio(ctx context.Context, o studioOptions, r studioResult) error {
	switch {
	case a.global.json:
		if err := a.printJSON(ctx, r); err != nil || !o.open {
			return err
		}
	case o.print || !a.OutTTY && !o.open:
		_, err := fmt.Fprintln(a.Out, r.URL)
		return err
	}
	if err := a.browse(r.URL); err != nil {
		return err
	}
	if !a.global.json {
		page, _, _ := strings.Cut(r.URL, "#")
		_, err := fmt.Fprintf(a.Out, "%s is in your browser\n", a.outText(page))
		return err
	}
	return nil
}

// proxyStudio serves the Studio over a server elsewhere until ctx ends.
func (a *App) proxyStudio(ctx context.Context, o studioOptions, in *client.Inspector) error {
	if _, err := in.Session(ctx, o.readOnly); err != nil { // said here rather than in a browser
		return a.blame(o.server, a.answered(err))
	}
	remote, err := url.Parse(in.URL())
	if err != nil {
		return errs.New(errs.Usage, "%q is not the URL of a server", in.URL())
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errs.New(errs.PortTaken, "can't listen on 127.0.0.1: %s", reason(err))
	}
	p := studio.NewProxy(studio.ProxyOptions{
		Remote: remote, Token: o.remoteToken, ReadOnly: o.readOnly,
		NewSession: func(ctx context.Context, readOnly bool) (inspect.Session, error) { return in.Session(ctx, readOnly) },
	})
	defer p.Close()
	page := "http://" + l.Addr().String() + "/studio/"
	srv := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the Studio: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		_ = srv.Close() // there is nothing to save
		return nil
	})
	if a.OutTTY && !a.global.json {
		_, err = fmt.Fprintf(a.Out, "\n  Studio of %s\n  %s\n\n  Ctrl-C ends it\n", a.outText(in.URL()), page+"#t="+p.Token())
		if err == nil && !o.print {
			if no := a.browse(page + "#c=" + p.NewCode()); no != nil {
				a.note("%s; open the address by hand", errs.As(no).Msg)
			}
		}
	} else {
		err = a.showStudio(ctx, o, studioResult{URL: page + "#c=" + p.NewCode(), Server: in.URL()})
	}
	if err != nil {
		_ = srv.Close() // so that the goroutines end
		return errors.Join(err, g.Wait())
	}
	return g.Wait()
}
