package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/sdk"
)

func newServeCommand(a *App) *cobra.Command {
	var flags serverFlags
	var debugAddr string
	cmd := &cobra.Command{
		Use:   "serve [entry]",
		Short: "Serve the project in production",
		Long: `Serve a project, or a file that rivet build made, in production: nothing is watched,
no page of another origin may call unless cors.origin lets it, the Studio is off
unless set, lines are JSON in a pipe, and SIGTERM lets running actions finish.

The entry is what rivet dev takes, or a file that ends in .rivet.

/health, /ready and /metrics are for whoever looks after it. It listens on all
addresses if PORT is set or it runs in a container, else on 127.0.0.1.`,
		Example: `  rivet serve
  rivet serve app.rivet --port 9000 --data /var/lib/app
  rivet serve src/registry.ts --log-format text`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			set := flags.settings(cmd.Flags())
			if a.global.json && !cmd.Flags().Changed("log-format") {
				set = append(set, config.Flag{Key: "log.format", Text: "json", Name: "--json"})
			}
			o, err := a.serveOptions(firstOf(args), set)
			if err != nil {
				return err
			}
			o.DebugAddr = debugAddr
			return stopped(cmd.Context(), runServe(cmd.Context(), o))
		},
	}
	flags.registerServe(cmd.Flags())
	cmd.Flags().StringVar(&debugAddr, "debug-addr", "", "serve pprof at the loopback `ADDRESS`")
	return cmd
}

// serveOptions finds what is to be served.
func (a *App) serveOptions(arg string, set []config.Flag) (DevOptions, error) {
	o := DevOptions{App: a, Production: true, Verbose: a.global.verbose, Quiet: a.global.quiet}
	pack, err := a.readPack(arg)
	if err != nil {
		return o, err
	}
	lo := config.Options{Flags: set, Production: true}
	if pack != nil {
		lo.Dir, lo.Cwd, lo.Environ, lo.File, lo.FileName = a.Cwd, a.Cwd, a.Environ, pack.Config, arg
		c, err := config.Load(lo)
		if err != nil {
			return o, err
		}
		o.Dir, o.Config, o.Pack = a.Cwd, c, pack
		return o, nil
	}
	p, err := a.openProjectWith(arg, lo)
	if err != nil {
		return o, err
	}
	o.Dir, o.Config = p.dir, p.config
	o.Entry, err = p.entry()
	return o, err
}

// readPack reads a .rivet file; nil if arg names something else.
func (a *App) readPack(arg string) (*bundle.Pack, error) {
	info, err := os.Stat(a.path(arg))
	if arg == "" || err != nil || info.IsDir() {
		return nil, nil
	}
	f, err := os.Open(a.path(arg))
	if err != nil {
		return nil, usage("%s can't be read: %s", arg, reason(err)).pointAt(arg)
	}
	head := make([]byte, 32)
	n, _ := f.Read(head) // what can't be read is no such file
	_ = f.Close()
	if !bundle.IsPack(head[:n]) && filepath.Ext(arg) != ".rivet" {
		return nil, nil
	}
	text, err := os.ReadFile(a.path(arg))
	if err != nil {
		return nil, usage("%s can't be read: %s", arg, reason(err)).pointAt(arg)
	}
	return bundle.DecodePack(arg, text)
}

// serveRun is one `rivet serve`.
type serveRun struct{ hosting }

// runServe is `rivet serve` itself: it returns nil after a clean stop.
func runServe(ctx context.Context, o DevOptions) error {
	r := &serveRun{newHosting(o)}
	defer r.close()
	reserve := make([]byte, ballast)
	defer runtime.KeepAlive(reserve)
	script, code, err := compile(ctx, r.build)
	if err != nil {
		return err
	}
	r.token = o.Config.Auth.Token
	r.open(script, false)
	if _, err := r.daemon.Swap(ctx, code); err != nil {
		return errors.Join(err, r.daemon.Close(0))
	}
	// Where there is no project, nobody looks for its server.
	if dir, err := client.FindProject(o.Dir, o.App.env["HOME"]); err == nil && dir == o.Dir && o.Pack == nil {
		r.announce()
	}
	r.banner()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.daemon.Serve(ctx) })
	if o.DebugAddr != "" {
		g.Go(func() error { return serveDebug(ctx, o.DebugAddr) })
	}
	g.Go(func() error { <-ctx.Done(); return nil })
	return r.stop(g.Wait())
}

func (r *serveRun) build(ctx context.Context) (*actor.Bundle, error) {
	if r.o.Pack != nil {
		return r.o.Pack.Code(r.o.Dir), nil
	}
	b := bundle.New(bundle.Options{Dir: r.o.Dir, Entry: r.o.Entry, SDK: sdk.FS})
	defer b.Close()
	return b.Build(ctx)
}

// production applies what holds in production alone, once the code has had its say.
func (h *hosting) production() error {
	c := h.config
	if c.Studio.Enabled && c.Studio.Token == "" {
		return errs.New(errs.ConfigInvalid, "studio.enabled needs studio.token in production").
			WithHint("set RIVETKIT_STUDIO_TOKEN to a long random text")
	}
	if c.Studio.Enabled && c.Studio.Listen == "" {
		return errs.New(errs.ConfigInvalid, "studio.enabled needs studio.listen in production: the Studio shares no origin with your app").
			WithHint("set studio.listen to an address of its own, such as 127.0.0.1:9090")
	}
	if h.everywhere = h.o.App.everywhere(c); h.everywhere != "" {
		c.Host = ""
	}
	return nil
}

// everywhere is why a server that nobody gave a host listens on all addresses;
// "": it doesn't.
func (a *App) everywhere(c *config.Resolved) string {
	if c.Asked("host") {
		return ""
	}
	if from := c.Origin("port").Name; from == "PORT" || from == "PORT_HTTP" {
		return from + " is set"
	}
	for _, file := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(file); err == nil {
			return "this is a container"
		}
	}
	if a.env["KUBERNETES_SERVICE_HOST"] != "" {
		return "this is a container"
	}
	return ""
}

// banner tells that the server serves, and where.
func (r *serveRun) banner() {
	t := time.Since(r.began)
	url, shown := r.address()
	names := actorNames(r.daemon.Registry())
	if r.everywhere != "" {
		r.note(actor.LogInfo, "all_addresses", fmt.Sprintf("listening on all addresses, since %s; --host 127.0.0.1 listens on this machine alone", r.everywhere),
			pair{"why", r.everywhere})
	}
	p := r.out.paint
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", r.title(fmt.Sprintf("serving after %d ms", t.Milliseconds())))
	fmt.Fprintf(&b, "  %s   %s\n", p.dim("Registry"), p.cyan(shown+"/registry"))
	if studio := r.studioURL(); studio != "" {
		fmt.Fprintf(&b, "  %s     %s\n", p.dim("Studio"), p.cyan(studio))
	}
	fmt.Fprintf(&b, "  %s     %s\n", p.dim("Actors"), r.out.safe(r.hanging(strings.Join(names, ", "), 13)))
	if r.token == "" {
		fmt.Fprintf(&b, "  %s      %s\n", p.dim("Token"), "none: every caller is public; RIVET_AUTH_TOKEN sets one")
	}
	r.out.print(actor.LogInfo, "ready", b.String(), pair{"version", r.o.App.Build.Version}, pair{"project", r.o.Name()},
		pair{"url", url + "/registry"}, pair{"host", r.config.Host}, pair{"port", r.daemon.Port()}, pair{"actors", names}, pair{"ms", msOf(t)})
}
