package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/engine"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/server"
	"github.com/rivetdev/rivet/internal/store"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/internal/studio/ring"
)

// studioBase is where the inspector API is.
const studioBase = "/studio/api/v1"

// History bounds what is kept of what actors did.
type History struct {
	Entries int      // of one actor; 0: 1,000
	Bytes   int      // in all; 0: 16 MiB
	Redact  []string // JSON Pointers, with *, to what is left out
}

// Studio says who may look into the server, and from where.
type Studio struct {
	// App serves the web app, beside the API.
	App bool
	// Editor is the command that opens a file at a place; nil: there is none.
	Editor func(path string, line, column int) (argv []string, err error)
	// Token opens the Studio; "" opens nothing: then AuthToken alone does.
	Token    string
	ReadOnly bool
	Hosts    []string // names under which the Studio answers, beside localhost
	Origins  []string // of a Studio that is served elsewhere
	Endpoint string   // the registry that the Studio connects to by itself; "": this server's
	// Listen is an address of its own, host:port; "": it is served where all else
	// is. With one, the server's own address has the API alone.
	Listen string
}

// SetBuild says how the last build went; it may be called before the first Swap.
func (d *Daemon) SetBuild(b studio.Build) {
	d.build.Store(&b)
	if s := d.studio.Load(); s != nil {
		s.SetBuild(b)
	}
}

// StudioCode is a code that opens one session of the Studio within 30 seconds;
// "" before the first Swap, and where the Studio is off.
func (d *Daemon) StudioCode() string {
	if s := d.studio.Load(); s != nil && d.s.Studio.Token != "" {
		return s.NewCode()
	}
	return ""
}

// StudioAddr is the Studio's own address, host:port; "" if it has none.
func (d *Daemon) StudioAddr() string {
	if d.studioPort == 0 {
		return ""
	}
	host, _, _ := net.SplitHostPort(d.s.Studio.Listen) // it was listened on
	return net.JoinHostPort(host, strconv.Itoa(d.studioPort))
}

// listenStudio opens the Studio's own address, if it is to have one, and gives
// what the server's address has of the Studio.
func (d *Daemon) listenStudio(ctx context.Context, s *studio.Studio) (http.Handler, error) {
	if d.s.Studio.Listen == "" || d.s.Studio.Token == "" {
		return s, nil
	}
	host, text, err := net.SplitHostPort(d.s.Studio.Listen)
	port, bad := strconv.Atoi(text)
	if err != nil || bad != nil || port < 0 || port > 65535 {
		return nil, errs.New(errs.ConfigInvalid, "studio.listen: %q is no address", d.s.Studio.Listen).WithHint("write a host and a port, such as 127.0.0.1:9090")
	}
	ls, port, err := listen(ctx, host, port, true)
	if err != nil {
		e := errs.As(err)
		return nil, errs.New(e.Code, "studio.listen: %s", e.Msg).WithHint("%s", "give another address in studio.listen")
	}
	d.studioPort = port
	d.studioHTTP = server.HTTPServer(s)
	d.studioHTTP.ConnState = d.fresh.track
	d.studioListeners = ls
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, studioBase+"/") && strings.HasPrefix(r.URL.Path, "/studio") {
			http.Error(w, "The Studio has an address of its own (studio.listen).", http.StatusNotFound)
			return
		}
		s.ServeHTTP(w, r)
	}), nil
}

// openStudio makes the inspector API over an engine and its store.
func (d *Daemon) openStudio(ctx context.Context, e *engine.Engine, st keeper) (*studio.Studio, error) {
	var key []byte // of sessions; nil: they end with this process
	if !d.reading {
		var err error
		if key, err = studioKey(ctx, st); err != nil {
			return nil, err
		}
	}
	host := d.s.Host
	switch host {
	case "", "0.0.0.0", "::":
		host = "localhost"
	}
	endpoint := d.s.Studio.Endpoint
	if endpoint == "" {
		endpoint = "http://" + net.JoinHostPort(host, strconv.Itoa(d.port)) + "/registry"
	}
	o := studio.Options{
		Instance: d.instance, Version: d.o.Version, Project: d.o.Project,
		Endpoint:  endpoint,
		AuthToken: d.o.AuthToken, StudioToken: d.s.Studio.Token, Key: key, ReadOnly: d.s.Studio.ReadOnly,
		Page:  d.studioPage(),
		Bound: d.s.Host, Listen: d.studioHost(), Hosts: d.s.Studio.Hosts, Origins: d.s.Studio.Origins,
		Engine: e, Store: studioStore{st}, Ring: d.ring, Registry: d.gateway.Registry, Source: d.source, Locate: d.locate, Places: d.gateway.Places, Log: d.o.Log,
		App: d.s.Studio.App, Editor: d.s.Studio.Editor,
		REPL: studio.REPL{
			New: func(host actor.LineHost) (studio.Lines, error) {
				return d.isolates.NewREPL(isolate.REPLOptions{Actors: d, Host: host})
			},
			Compile: bundle.CompileLine,
			Redact:  func(code string) string { return d.ring.Redactor().Code(code) },
		},
	}
	if !d.s.Memory {
		o.REPL.History = filepath.Join(d.s.Data, "repl_history")
	}
	o.Limits.HistoryEntries, o.Limits.HistoryBytes = d.ring.Bounds()
	s := studio.New(o)
	if b := d.build.Load(); b != nil {
		s.SetBuild(*b)
	}
	d.studio.Store(s)
	return s, nil
}

// studioPage is where the web app is, as people on this machine write it. The
// Studio's own port is not known yet if it may be any: then it is "".
func (d *Daemon) studioPage() string {
	host, port := d.s.Host, strconv.Itoa(d.port)
	if d.s.Studio.Listen != "" {
		var err error
		if host, port, err = net.SplitHostPort(d.s.Studio.Listen); err != nil || port == "0" {
			return ""
		}
	}
	switch host {
	case "", "0.0.0.0", "::", "127.0.0.1", "::1":
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/studio/"
}

func (d *Daemon) studioHost() string {
	host, _, err := net.SplitHostPort(d.s.Studio.Listen)
	if err == nil && host == "" {
		return "0.0.0.0"
	}
	return host
}

// studioKey is what signs the Studio's sessions; it is kept with the data, so
// that they hold when the server starts again.
func studioKey(ctx context.Context, st keeper) ([]byte, error) {
	const name = "studio.key"
	text, err := st.GetMeta(ctx, name)
	if err != nil {
		return nil, err
	}
	if key, err := hex.DecodeString(text); err == nil && len(key) == 32 {
		return key, nil
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key, st.SetMeta(ctx, name, hex.EncodeToString(key))
}

// sources are the names of files that people write code in; a bundle's other
// inputs may hold secrets.
var sources = []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"}

// source reads a file of the running bundle, named relative to the project.
func (d *Daemon) source(file string) ([]byte, bool) {
	path, ok := d.locate(file)
	if !ok {
		return nil, false
	}
	text, err := os.ReadFile(path)
	return text, err == nil
}

// locate is the path of a file of the running bundle.
func (d *Daemon) locate(file string) (string, bool) {
	b := d.bundle.Load()
	if b == nil || file == "" || filepath.IsAbs(file) || !slices.Contains(sources, strings.ToLower(filepath.Ext(file))) {
		return "", false
	}
	path := filepath.Join(b.Dir, filepath.FromSlash(file))
	return path, path == b.Entry || slices.Contains(b.Inputs, path)
}

// keeper is a store with what tools read.
type keeper interface {
	engine.Store
	List(ctx context.Context, o store.ListOptions) ([]store.Row, error)
	Count(ctx context.Context) (map[string]int, error)
	GetMeta(ctx context.Context, name string) (string, error)
	SetMeta(ctx context.Context, name, text string) error
	Close() error
}

// studioStore is a store as the studio reads it.
type studioStore struct{ keeper }

func (s studioStore) Rows(ctx context.Context, after *actor.Ref, limit int) ([]actor.Row, error) {
	list, err := s.List(ctx, store.ListOptions{After: after, Limit: limit})
	rows := make([]actor.Row, len(list))
	for i, r := range list {
		rows[i] = actor.Row{Ref: r.Ref, Rev: r.Rev, StateBytes: r.StateBytes, Alarms: r.Alarms}
	}
	return rows, err
}

// observer is the ring, the counters, and whoever else wants to hear.
func (d *Daemon) observer() engine.Observer { return told{d.ring, &d.counters, d.o.Entries} }

// told is a ring that also counts and tells.
type told struct {
	*ring.Ring
	counters *counters
	tell     func(*actor.Entry) // may be nil
}

func (t told) Observe(e *actor.Entry) {
	t.Ring.Observe(e)
	t.counters.note(e)
	if t.tell != nil {
		t.tell(e)
	}
}
