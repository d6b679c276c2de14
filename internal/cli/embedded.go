package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/daemon"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/sdk"
)

// embedded is a rivet in this process, as clients reach it.
type embedded struct {
	url, token string
	http       *http.Client
}

// embed opens the project's data in this process, for as long as the command
// runs: with code, so that an actor can be called, else for reading alone. It
// listens on nothing and runs no schedule. A server that has the data is an error:
// there are never two writers.
func (a *App) embed(ctx context.Context, s serverOptions, code bool) (*embedded, error) {
	if s.url != "" || s.asClient {
		return nil, usage("--embedded asks no server: --url and --as-client don't go with it").pointAt("--embedded")
	}
	p, err := a.openProject("", nil)
	if err != nil {
		return nil, err
	}
	if p.config.Storage.Type == "memory" {
		return nil, usage("storage.type is memory here: there is no data to open").pointAt("--embedded")
	}
	dir := p.config.DataDir()
	if _, err := os.Stat(filepath.Join(dir, "rivet.db")); err != nil && !code {
		return nil, (&failure{says: errs.New("not_found", "there is no data in %s", dir)}).pointAt("--embedded").hint("rivet dev makes it")
	}
	d, err := a.openEmbedded(ctx, p, code)
	if errs.Is(err, errs.DataLocked) {
		e := errs.As(err)
		return nil, (&failure{says: errs.New(e.Code, "%s", e.Msg)}).pointAt("--embedded").hint("a server has the data: ask it, without --embedded")
	}
	if err != nil {
		return nil, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- d.Serve(serving) }() // awaited by what follows
	a.atEnd = append(a.atEnd, func() error {
		stop()
		return errors.Join(<-served, d.Close(shutdownGrace))
	})
	return &embedded{url: "http://localhost", token: d.Token(), http: d.HTTPClient()}, nil
}

// openEmbedded opens the daemon.
func (a *App) openEmbedded(ctx context.Context, p *project, code bool) (*daemon.Daemon, error) {
	h := &hosting{config: p.config}
	o := daemon.Options{
		Version: a.Build.Version, Project: filepath.Base(p.dir), AuthToken: newToken(), Embedded: true, Isolates: 1,
		Env: p.config.ProcessEnv(false), FetchAllow: p.config.Runtime.Fetch.Allow, Log: slog.New(slog.DiscardHandler), Lines: a.logLine,
		Settle: func(c actor.RunConfig) (daemon.Settled, error) {
			s, err := h.settle(c)
			s.Studio = daemon.Studio{}
			return s, err
		},
	}
	if !code {
		d := daemon.New(o)
		if err := d.OpenReading(ctx); err != nil {
			return nil, errors.Join(err, d.Close(0))
		}
		return d, nil
	}
	entry, err := p.entry()
	if err != nil {
		return nil, err
	}
	builder := bundle.New(bundle.Options{Dir: p.dir, Entry: entry, SDK: sdk.FS})
	defer builder.Close()
	script, b, err := compile(ctx, builder.Build)
	if err != nil {
		return nil, err
	}
	o.SDK = script
	d := daemon.New(o)
	if _, err := d.Swap(ctx, b); err != nil {
		return nil, errors.Join(err, d.Close(0))
	}
	return d, nil
}

// logLine prints what an actor logs while it runs in this process.
func (a *App) logLine(l actor.Log) {
	if a.global.quiet || l.Level < actor.LogInfo && !a.global.verbose {
		return
	}
	var b strings.Builder
	for _, f := range l.Fields {
		text, err := value.AppendJSON(nil, f.Value)
		if err != nil {
			text = []byte("?")
		}
		fmt.Fprintf(&b, "  %s=%s", f.Key, text)
	}
	fmt.Fprintf(a.Err, "%s %s%s\n", strings.ToLower(levelNames[min(max(int(l.Level), 0), len(levelNames)-1)]), a.errText(l.Msg), a.errText(b.String()))
}
