package cli

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/daemon"
	"github.com/rivetdev/rivet/internal/dev"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/sdk"
)

// shutdownGrace is how long running actions may go on after a signal.
const shutdownGrace = 10 * time.Second

// devRun is one `rivet dev`.
type devRun struct {
	o       DevOptions
	out     *devOut
	began   time.Time
	builder *bundle.Builder
	daemon  *daemon.Daemon
	config  *config.Resolved // with code's part once it is known
	token   string
	ready   chan struct{} // closed once the first code serves
	once    sync.Once
	// building is held by whoever uses the builder.
	building sync.Mutex
}

// runDev is `rivet dev` itself: it returns nil after a clean stop.
func runDev(ctx context.Context, o DevOptions) error {
	r := &devRun{o: o, began: time.Now(), config: o.Config, ready: make(chan struct{})}
	r.out = o.App.devOut(o)
	// Actors make short-lived garbage around a small heap, so the collector would
	// run hundreds of times a second. Memory that is reserved and never touched
	// costs nothing and lets the heap grow by as much before it is collected; a
	// large heap is collected as ever.
	ballast := make([]byte, 48<<20)
	defer runtime.KeepAlive(ballast)
	script, first, err := r.build(ctx)
	if r.builder != nil {
		defer r.builder.Close()
	}
	var failed *bundle.Error
	if err != nil && (!errors.As(err, &failed) || !o.Config.Dev.Reload) {
		return err
	}
	if r.token = o.Config.Auth.Token; r.token == "" {
		r.token = newToken()
	}
	r.daemon = daemon.New(daemon.Options{
		Version: o.App.Build.Version, Project: o.Name(), AuthToken: r.token, Dev: true,
		Isolates: o.Config.Runtime.Isolates, Memory: o.Config.Runtime.Memory.Limit() + int64(len(ballast)), Env: o.Config.ProcessEnv(false),
		SDK: script, Settle: r.settle, FetchAllow: o.Config.Runtime.Fetch.Allow,
		Log: slog.New(logHandler{d: r.out}), Lines: r.out.line,
		History: daemon.History{Entries: o.Config.History.Entries, Bytes: int(o.Config.History.Size)},
	})
	if first != nil {
		err = r.first(ctx, first)
	}
	if err != nil {
		if !r.waits(err) {
			return errors.Join(err, r.daemon.Close(0))
		}
		first = nil // the watch builds it again, and tells
	}
	return r.serve(ctx, first)
}

// waits reports whether an error at the start is one that an edit can mend.
func (r *devRun) waits(err error) bool {
	return r.o.Config.Dev.Reload && errs.Is(err, errs.BuildFailed)
}

// build compiles the SDK and the project side by side.
func (r *devRun) build(ctx context.Context) (script actor.Script, first *actor.Bundle, err error) {
	r.builder = bundle.New(bundle.Options{Dir: r.o.Dir, Entry: r.o.Entry, SDK: sdk.FS, Dev: true})
	var g errgroup.Group
	g.Go(func() (err error) {
		script, err = bundle.BuildSDK(sdk.FS)
		return err
	})
	first, failed := r.builder.Build(ctx)
	if err := g.Wait(); err != nil {
		return script, nil, fmt.Errorf("compile the SDK: %w", err)
	}
	return script, first, failed
}

// first puts the first code in and tells that it serves.
func (r *devRun) first(ctx context.Context, b *actor.Bundle) error {
	if _, err := r.daemon.Swap(ctx, b); err != nil {
		return err
	}
	if err := r.announce(); err != nil {
		return err
	}
	r.once.Do(func() { close(r.ready) })
	return nil
}

// settle is what the configuration says once the code has had its say.
func (r *devRun) settle(code actor.RunConfig) daemon.Settled {
	c := r.config.WithCode(code)
	r.config = c
	s := daemon.Settled{
		Host: c.Host, Port: c.Port, PortAsked: c.Asked("port") && c.Port != 0, BasePath: c.BasePath,
		Data: c.DataDir(), Memory: c.Storage.Type == "memory", Sync: c.Storage.Sync,
		WaitingPerActor: c.Limits.WaitingPerActor, MaxState: int(c.Limits.State),
		CORS: c.CORS(code.CORS),
	}
	if c.Studio.Enabled {
		s.Studio = daemon.Studio{Token: c.Studio.Token, Hosts: c.Studio.Hosts, Origins: c.Studio.CORS}
		if s.Studio.Token == "" {
			s.Studio.Token = newToken()
		}
	}
	s.Limits.Message = int(c.Limits.Message)
	s.Limits.InternalMessage = int(c.Limits.InternalMessage)
	s.Limits.RawBody = int64(c.Limits.RawBody)
	s.Limits.Connections = c.Limits.Connections
	s.Limits.Waiting = c.Limits.Waiting
	return s
}

// serve answers and reloads until ctx ends, then stops cleanly.
func (r *devRun) serve(ctx context.Context, first *actor.Bundle) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		select {
		case <-r.ready:
			return r.daemon.Serve(ctx)
		case <-ctx.Done():
			return nil
		}
	})
	if r.o.Config.Dev.Reload {
		g.Go(func() error { return r.watch(ctx, first) })
	}
	if r.o.DebugAddr != "" {
		g.Go(func() error { return serveDebug(ctx, r.o.DebugAddr) })
	}
	g.Go(func() error { <-ctx.Done(); return nil })
	err := g.Wait()
	err = errors.Join(err, client.RemoveServerFile(r.o.Dir, r.daemon.Instance()))
	return errors.Join(err, r.daemon.Close(shutdownGrace))
}

func (r *devRun) watch(ctx context.Context, first *actor.Bundle) error {
	var dirs []string
	for _, d := range r.o.Config.Dev.Watch {
		if !filepath.IsAbs(d) {
			d = filepath.Join(r.o.Dir, d)
		}
		dirs = append(dirs, d)
	}
	ignore := slices.Clone(r.o.Config.Dev.Ignore)
	if rel, err := filepath.Rel(r.o.Dir, r.config.DataDir()); err == nil {
		ignore = append(ignore, rel)
	}
	return dev.Run(ctx, dev.Options{
		Dir: r.o.Dir, Watch: dirs, Ignore: ignore, Listener: r, First: first,
		Build: func(ctx context.Context) (*actor.Bundle, error) {
			r.building.Lock()
			defer r.building.Unlock()
			return r.builder.Build(ctx)
		},
		Swap: func(ctx context.Context, b *actor.Bundle) (dev.Moved, error) {
			select {
			case <-r.ready:
			default:
				return dev.Moved{}, r.first(ctx, b)
			}
			m, err := r.daemon.Swap(ctx, b)
			return dev.Moved{Actors: m.Actors, Conns: m.Conns}, err
		},
	})
}

// Reloaded tells of new code.
func (r *devRun) Reloaded(file string, took time.Duration, m dev.Moved) {
	r.built(nil, took)
	name := r.out.relative(file)
	if name == "" {
		name = filepath.Base(r.o.Entry)
	}
	p := r.out.paint
	text := fmt.Sprintf("%s %s %s  %d ms  %s", r.out.clock(), p.green("↻"), r.out.safe(name), took.Milliseconds(),
		p.dim(plural(m.Actors, "actor")+" moved, "+plural(m.Conns, "connection")+" kept"))
	r.out.print(actor.LogInfo, "reload", text, pair{"file", name}, pair{"ms", msOf(took)},
		pair{"actors", m.Actors}, pair{"connections", m.Conns})
}

// Failed tells of code that doesn't build or load.
func (r *devRun) Failed(err error) {
	serving := false
	select {
	case <-r.ready:
		serving = true
	default:
	}
	r.built(err, 0)
	r.out.failed(err, serving)
}

// built tells tools how a build went.
func (r *devRun) built(err error, took time.Duration) {
	b := studio.Build{Status: "ready", Ms: msOf(took)}
	if err != nil {
		b.Status = "failed"
		var failed *bundle.Error
		if errors.As(err, &failed) {
			for _, p := range failed.Problems {
				b.Problems = append(b.Problems, studio.Problem{
					Severity: string(p.Severity), File: p.File, Line: p.Line, Column: p.Column, Length: p.Length,
					Text: p.Text, LineText: p.LineText, Before: p.Before, Notes: p.Notes, Hint: p.Hint,
				})
			}
		} else {
			e := errs.As(err)
			b.Problems = []studio.Problem{{Severity: "error", Text: e.Msg, Hint: e.Hint}}
		}
	}
	r.daemon.SetBuild(b)
}

// Mended tells that the code is again what serves.
func (r *devRun) Mended() {
	r.built(nil, 0)
	r.out.print(actor.LogInfo, "build_mended", r.out.clock()+" "+r.out.paint.green("✓")+" mended; nothing changed")
}

// announce writes the server file and prints the first lines.
func (r *devRun) announce() error {
	port := strconv.Itoa(r.daemon.Port())
	host := r.config.Host
	shown := host
	switch host {
	case "127.0.0.1", "::1", "0.0.0.0", "::", "":
		shown = "localhost"
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	err := r.alone()
	if err == nil {
		err = client.WriteServerFile(r.o.Dir, client.Server{
			URL: "http://" + net.JoinHostPort(host, port), Token: r.token,
			Data: r.config.DataDir(), Version: r.o.App.Build.Version, Protocol: client.Protocol,
			PID: os.Getpid(), Instance: r.daemon.Instance(),
		})
	}
	if err != nil {
		// Another server of this project has announced itself; this one goes on.
		r.out.print(actor.LogWarn, "not_announced", r.out.paint.yellow("note: ")+r.out.safe(err.Error())+"; reach this server with --url",
			pair{"msg", err.Error()})
	}
	took := time.Since(r.began)
	reg := r.daemon.Registry()
	names := actorNames(reg)
	url := "http://" + net.JoinHostPort(shown, port) + "/registry"
	try := tryCall(reg, names)
	if asked := r.config.Port; asked != 0 && asked != r.daemon.Port() {
		r.out.print(actor.LogInfo, "port_taken", r.out.paint.yellow("note: ")+fmt.Sprintf("port %d is taken, so this is port %s", asked, port),
			pair{"asked", asked}, pair{"port", r.daemon.Port()})
	}
	if public(r.config.Host) {
		r.out.print(actor.LogWarn, "public_address", r.out.paint.yellow("note: ")+"listening on "+r.config.Host+": other machines can reach this development server",
			pair{"host", r.config.Host})
	}
	p := r.out.paint
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s %s   %s   %s\n\n", p.bold("rivet"), r.o.App.Build.Version, r.out.safe(r.o.Name()), p.dim(fmt.Sprintf("ready in %d ms", took.Milliseconds())))
	fmt.Fprintf(&b, "  %s   %s\n", p.dim("Registry"), p.cyan(url))
	fmt.Fprintf(&b, "  %s     %s\n", p.dim("Actors"), r.out.safe(strings.Join(names, ", ")))
	if try != "" {
		fmt.Fprintf(&b, "  %s        %s\n", p.dim("Try"), r.out.safe(try))
	}
	r.out.print(actor.LogInfo, "ready", b.String(), pair{"version", r.o.App.Build.Version}, pair{"project", r.o.Name()},
		pair{"url", "http://" + net.JoinHostPort(host, port) + "/registry"}, pair{"port", r.daemon.Port()}, pair{"actors", names}, pair{"try", try}, pair{"ms", msOf(took)})
	return nil
}

// alone fails if another server of this project runs and has announced itself:
// a project announces one server, the first.
func (r *devRun) alone() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	other, err := client.Discover(ctx, r.o.Dir, client.DiscoverOptions{Home: r.o.App.env["HOME"]})
	if err != nil || other.Instance == r.daemon.Instance() {
		return nil // none, or the file of one that has ended, which is replaced
	}
	return fmt.Errorf("this project's server at %s is announced already", other.URL)
}

func actorNames(reg *actor.Registry) []string {
	names := make([]string, 0, len(reg.Actors))
	for n := range reg.Actors {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// tryCall is a command that calls one of the actors.
func tryCall(reg *actor.Registry, names []string) string {
	for _, n := range names {
		if acts := reg.Actors[n].Actions; len(acts) > 0 {
			call := "rivet call " + client.Target{Name: n, Key: []string{"my-" + n}}.String() + " " + acts[0]
			if acts[0] == "increment" {
				call += " 5"
			}
			return call
		}
	}
	return ""
}

func (a *App) devOut(o DevOptions) *devOut {
	d := &devOut{
		w: a.Out, paint: painter(a.colorOut()), safe: a.outText, dir: o.Dir, now: time.Now,
		level: parseLevel(o.Config.Log.Level), stamp: o.Config.Log.Timestamp, target: o.Config.Log.Target,
	}
	switch {
	case o.Config.Log.Format == "json":
		d.style = jsonLines
	case o.Config.Log.Format == "auto" && !a.OutTTY:
		d.style = logfmt
	}
	return d
}

func public(host string) bool {
	ip := net.ParseIP(host)
	return host != "" && host != "localhost" && (ip == nil || !ip.IsLoopback())
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func msOf(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// serveDebug serves pprof on a loopback address.
func serveDebug(ctx context.Context, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || public(host) || host == "" {
		return usage("--debug-addr must be a loopback address with a port, such as 127.0.0.1:6060").pointAt(addr)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("debug server: %w", err)
	}
	return nil
}
