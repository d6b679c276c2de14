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
	"slices"
	"strconv"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/daemon"
	"github.com/rivetdev/rivet/sdk"
)

// shutdownGrace is how long running actions may go on after a signal.
const shutdownGrace = 10 * time.Second

// ballast is memory that is reserved and never touched. Actors make short-lived
// garbage around a small heap, so the collector would run hundreds of times a
// second; this costs nothing and lets the heap grow by as much before it is
// collected. A large heap is collected as ever.
const ballast = 48 << 20

// hosting is a server of this process: what `rivet dev` and `rivet serve` share.
type hosting struct {
	o      DevOptions
	out    *devOut
	lines  *lineQueue
	began  time.Time
	daemon *daemon.Daemon
	config *config.Resolved // with code's part once it is known
	token  string
	// everywhere is why it listens on all addresses, though nobody said so.
	everywhere string
}

func newHosting(o DevOptions) hosting {
	h := hosting{o: o, began: time.Now(), config: o.Config}
	h.out = o.App.devOut(o)
	h.lines = startLines(o.App.Out, func(lost int) string {
		return string(h.out.format(actor.LogWarn, "lines_lost", h.out.clock()+" "+h.out.paint.yellow(leftOut(lost)), pair{"msg", leftOut(lost)}, pair{"lines", lost}))
	})
	h.out.w = h.lines
	return h
}

// close prints what is left to print.
func (h *hosting) close() {
	h.out.close()
	h.lines.Close()
}

// compile compiles the SDK and, side by side, the project.
func compile(ctx context.Context, build func(context.Context) (*actor.Bundle, error)) (script actor.Script, b *actor.Bundle, err error) {
	type sdkResult struct {
		script actor.Script
		err    error
	}
	done := make(chan sdkResult, 1)
	go func() { // awaited below
		script, err := bundle.BuildSDK(sdk.FS)
		done <- sdkResult{script, err}
	}()
	b, failed := build(ctx)
	r := <-done
	if r.err != nil {
		return r.script, nil, fmt.Errorf("compile the SDK: %w", r.err)
	}
	return r.script, b, failed
}

// open makes the daemon; it loads and opens nothing yet.
func (h *hosting) open(script actor.Script, dev bool) {
	o := daemon.Options{
		Version: h.o.App.Build.Version, Project: h.o.Name(), AuthToken: h.token, Dev: dev,
		Isolates: h.config.Runtime.Isolates, Memory: h.config.Runtime.Memory.Limit() + ballast, Env: h.config.ProcessEnv(!dev),
		SDK: script, Settle: h.settle, FetchAllow: h.config.Runtime.Fetch.Allow,
		Log: slog.New(logHandler{d: h.out}), Lines: h.out.line,
		History: daemon.History{Entries: h.config.History.Entries, Bytes: int(h.config.History.Size), Redact: h.config.History.Redact},
	}
	if h.o.Verbose {
		o.Entries = h.out.entry
	}
	h.daemon = daemon.New(o)
}

// settle is what the configuration says once the code has had its say.
func (h *hosting) settle(code actor.RunConfig) (daemon.Settled, error) {
	h.config = h.config.WithCode(code)
	if h.o.Production {
		if err := h.production(); err != nil {
			return daemon.Settled{}, err
		}
	}
	return h.settled(h.config, code), nil
}

// settled is what a daemon runs with by a configuration and its code.
func (h *hosting) settled(c *config.Resolved, code actor.RunConfig) daemon.Settled {
	s := daemon.Settled{
		Host: c.Host, Port: c.Port, PortAsked: h.o.Production || c.Asked("port") && c.Port != 0, BasePath: c.BasePath,
		Data: c.DataDir(), Memory: c.Storage.Type == "memory", Sync: c.Storage.Sync,
		WaitingPerActor: c.Limits.WaitingPerActor, MaxState: int(c.Limits.State),
		CORS: c.CORS(code.CORS), Redact: c.History.Redact, MetricsPublic: c.Metrics.Public,
	}
	if c.Studio.Enabled {
		s.Studio = daemon.Studio{
			App: true, Editor: h.o.App.windowEditor,
			Token: c.Studio.Token, Hosts: c.Studio.Hosts, Origins: c.Studio.CORS, Listen: c.Studio.Listen,
			Endpoint: c.Studio.DefaultEndpoint,
		}
		if s.Studio.Token == "" && !h.o.Production {
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

// address is where this server is reached: by programs, and as people write it.
func (h *hosting) address() (url, shown string) {
	port := strconv.Itoa(h.daemon.Port())
	host := h.config.Host
	show := shownHost(host)
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), "http://" + net.JoinHostPort(show, port)
}

// shownHost is a host as people write it on this machine.
func shownHost(host string) string {
	switch host {
	case "127.0.0.1", "::1", "0.0.0.0", "::", "":
		return "localhost"
	}
	return host
}

// announce writes the server file, by which commands find this server.
func (h *hosting) announce() {
	url, _ := h.address()
	err := h.alone()
	if err == nil {
		err = client.WriteServerFile(h.o.Dir, client.Server{
			URL: url, Token: h.token,
			Data: h.config.DataDir(), Version: h.o.App.Build.Version, Protocol: client.Protocol,
			PID: os.Getpid(), Instance: h.daemon.Instance(),
		})
	}
	if err != nil {
		// Another server of this project has announced itself; this one goes on.
		text := err.Error() + "; reach this server with --url"
		h.note(actor.LogWarn, "not_announced", text, pair{"msg", text})
	}
}

// note prints a remark about this server.
func (h *hosting) note(level actor.LogLevel, event, text string, fields ...pair) {
	h.out.print(level, event, h.out.paint.yellow("note: ")+h.out.safe(text), fields...)
}

// alone fails if another server of this project runs and has announced itself:
// a project announces one server, the first.
func (h *hosting) alone() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	other, err := client.Discover(ctx, h.o.Dir, client.DiscoverOptions{Home: h.o.App.env["HOME"]})
	if err != nil || other.Instance == h.daemon.Instance() {
		return nil // none, or the file of one that has ended, which is replaced
	}
	return fmt.Errorf("this project's server at %s is announced already", other.URL)
}

// stop ends the server: running actions may finish, all is saved.
func (h *hosting) stop(err error) error {
	slow := time.AfterFunc(500*time.Millisecond, func() { // stopped below
		h.out.print(actor.LogInfo, "stopping", h.out.clock()+" stopping: running actions may finish; Ctrl-C again stops at once")
	})
	defer slow.Stop()
	err = errors.Join(err, client.RemoveServerFile(h.o.Dir, h.daemon.Instance()))
	return errors.Join(err, h.daemon.Close(shutdownGrace))
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
		width: a.columns,
	}
	d.level.Store(int32(parseLevel(o.Config.Log.Level)))
	switch {
	case o.Config.Log.Format == "json", o.Config.Log.Format == "auto" && !a.OutTTY && o.Production:
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
