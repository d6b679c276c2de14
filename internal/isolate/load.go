package isolate

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// Load evaluates b in a server isolate of its own: top-level server code runs,
// exactly once. It returns when the entry's top-level awaits have been
// fulfilled, or wait for an actor that only this version can run. Errors are
// *errs.Error with code build_failed and the TypeScript position in At.
func (rt *Runtime) Load(ctx context.Context, b *actor.Bundle) (*Version, error) {
	c, err := rt.compile(b)
	if err != nil {
		return nil, &errs.Error{Code: errs.BuildFailed, Msg: err.Error(), Err: err}
	}
	v := &Version{rt: rt, code: c, insts: map[*instance]*isolate{}, serving: make(chan struct{})}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	v.dog = newWatchdog(v, rt.o.StuckAfter)
	v.server = newIsolate(v, true)
	v.publish()
	v.bg.Go(v.dog.run)
	if rt.o.Memory > 0 {
		v.bg.Go(newKeeper(v, rt.o.Memory).run)
	}

	l := &loading{v: v, r: v.server, done: make(chan error, 1)}
	v.bg.Go(func() {
		defer close(v.server.done)
		if err := v.server.boot(); err != nil {
			l.finish(err)
			return
		}
		v.server.turn(nil, l.begin)
		v.server.loop()
	})
	ctx, cancel := context.WithTimeout(ctx, rt.o.LoadTimeout)
	defer cancel()
	select {
	case err = <-l.done:
	case <-ctx.Done():
		why := "a top-level await never settled"
		if v.server.since.Load() != 0 {
			why = "its top-level code never ended"
		}
		err = (&errs.Error{Code: errs.BuildFailed, Err: ctx.Err(),
			Msg: fmt.Sprintf("%s did not finish loading: %s", b.Entry, why)}).
			WithHint("Top-level code runs before any actor can: don't wait there for what only arrives later.")
	}
	if err != nil {
		v.Close()
		return nil, err
	}
	v.mu.Lock()
	v.grow() // the first actor should not wait for it
	v.mu.Unlock()
	return v, nil
}

// loading is a Load on its way; its methods run in the server isolate.
type loading struct {
	v    *Version
	r    *isolate
	over bool
	done chan error
}

func (l *loading) finish(err error) {
	if !l.over {
		l.over = true
		l.done <- err
	}
}

// begin waits for the entry's top-level awaits.
func (l *loading) begin() {
	g := l.r.vm.GlobalObject()
	l.r.serving.onWait = l.waits
	ready, ok := g.Get("__rivet_ready").(*goja.Object)
	if !ok || !l.v.code.bundle.Async {
		l.describe()
		return
	}
	then, ok := goja.AssertFunction(ready.Get("then"))
	if !ok {
		l.describe()
		return
	}
	if l.r.serving.waiting { // a call was made while the entry ran
		l.waits()
	}
	_, err := then(ready,
		l.r.vm.ToValue(func(goja.FunctionCall) goja.Value { l.describe(); l.r.learnApp(); return goja.Undefined() }),
		l.r.vm.ToValue(func(c goja.FunctionCall) goja.Value {
			l.finish(l.r.thrownAtLoad(c.Argument(0), nil))
			return goja.Undefined()
		}))
	l.r.noteErr(err)
}

// waits is told when top-level code waits for an actor: it can only go on once
// this version is served, by the registry that it has made so far.
func (l *loading) waits() {
	if l.over || !l.v.code.bundle.Async {
		return
	}
	l.r.post(nil, func() { // when the code has come to its await
		if !l.over && l.r.serving.pending > 0 {
			l.describe()
		}
	})
}

// describe finds the registry and ends the load.
func (l *loading) describe() {
	if l.over {
		return
	}
	out, err := l.r.js.describe(goja.Undefined(), l.r.entry())
	if err != nil {
		l.finish(l.r.bootError(err))
		return
	}
	v, err := jsvalue.ToValue(l.r.vm, out, jsvalue.Options{})
	if err != nil {
		l.finish(l.r.bootError(err))
		return
	}
	reg, err := registryOf(v, l.v.code.bundle)
	if err == nil {
		err = unstorable(l.r.states(reg))
	}
	if err == nil {
		l.v.registry = reg
		l.r.learnApp()
	}
	l.finish(err)
}

// unstorable is why code with these initial states isn't served; nil if there
// are none.
func unstorable(problems []*errs.Error) error {
	if len(problems) == 0 {
		return nil
	}
	msgs := make([]string, len(problems))
	for i, p := range problems {
		msgs[i] = p.Msg
	}
	e := &errs.Error{Code: errs.BuildFailed, Msg: strings.Join(msgs, "\n"), At: problems[0].At, Hint: problems[0].Hint}
	if e.Hint == "" {
		e.Hint = loadHint
	}
	return e
}

func (r *isolate) entry() goja.Value {
	if e := r.vm.GlobalObject().Get("__rivet_entry"); e != nil {
		return e
	}
	return goja.Undefined()
}

// thrownAtLoad is what the entry threw; cause is for logs, nil: none.
func (r *isolate) thrownAtLoad(v goja.Value, cause error) error {
	e := r.errorOf(v)
	out := &errs.Error{Code: errs.BuildFailed, Msg: e.Msg, At: e.At, Stack: e.Stack, Err: cause}
	if o, ok := v.(*goja.Object); ok { // a mistake that says itself where it stands
		if ex := r.vm.Try(func() {
			if at, ok := o.Get("at").(goja.String); ok {
				out.At = at.String()
			}
			if h, ok := o.Get("hint").(goja.String); ok {
				out.Hint = h.String()
			}
		}); ex != nil {
			r.noteErr(ex)
		}
	}
	if out.Hint != "" {
		return out
	}
	return out.WithHint(loadHint)
}

// fields reads an object that the TypeScript half described something with.
type fields struct{ o *value.Object }

func (f fields) val(k string) value.Value { v, _ := f.o.Get(k); return v }
func (f fields) str(k string) string      { s, _ := f.val(k).(string); return s }
func (f fields) yes(k string) bool        { b, _ := f.val(k).(bool); return b }
func (f fields) num(k string) float64     { n, _ := f.val(k).(float64); return n }
func (f fields) sub(k string) fields      { o, _ := f.val(k).(*value.Object); return fields{o} }

func (f fields) list(k string) []value.Value {
	if a, ok := f.val(k).(*value.Array); ok {
		return a.Items
	}
	return nil
}

func (f fields) strs(k string) []string {
	var out []string
	for _, v := range f.list(k) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func (f fields) ms(k string, dst *time.Duration) {
	if n := f.num(k); n > 0 {
		const longest = float64(1<<62) / float64(time.Millisecond)
		*dst = time.Duration(min(n, longest) * float64(time.Millisecond))
	}
}

// registryOf reads what describe returned.
func registryOf(v value.Value, b *actor.Bundle) (*actor.Registry, error) {
	o, _ := v.(*value.Object)
	f := fields{o}
	if o == nil {
		return nil, &errs.Error{Code: errs.BuildFailed, Msg: "the SDK did not describe the registry"}
	}
	if msg := f.str("error"); msg != "" {
		if rel, err := filepath.Rel(b.Dir, b.Entry); err == nil {
			msg = filepath.ToSlash(rel) + ": " + msg
		}
		return nil, &errs.Error{Code: errs.BuildFailed, Msg: msg, Hint: f.str("hint")}
	}
	reg := &actor.Registry{Version: b.Hash, Actors: map[string]*actor.Definition{}, Config: configOf(f.sub("config"))}
	for _, item := range f.list("actors") {
		if d, ok := item.(*value.Object); ok {
			def := definitionOf(fields{d})
			reg.Actors[def.Name] = def
		}
	}
	return reg, nil
}

func definitionOf(f fields) *actor.Definition {
	d := &actor.Definition{
		Name: f.str("name"), Actions: f.strs("actions"), Bodies: f.strs("bodies"), At: f.str("at"),
		HasState: f.yes("state"), HasVars: f.yes("vars"), HasConnState: f.yes("connState"),
		HasOnAuth: f.yes("onAuth"), Open: f.yes("open"), HasOnStart: f.yes("onStart"), HasOnConnect: f.yes("onConnect"), HasOnDisconnect: f.yes("onDisconnect"),
		HasOnFetch: f.yes("onFetch"), HasOnWebSocket: f.yes("onWebSocket"),
		Options: actor.DefaultOptions(),
	}
	o := f.sub("options")
	o.ms("createVarsTimeout", &d.Options.CreateVarsTimeout)
	o.ms("createConnStateTimeout", &d.Options.CreateConnStateTimeout)
	o.ms("onConnectTimeout", &d.Options.OnConnectTimeout)
	o.ms("saveInterval", &d.Options.SaveInterval)
	o.ms("actionTimeout", &d.Options.ActionTimeout)
	o.ms("sleepTimeout", &d.Options.SleepTimeout)
	return d
}

func configOf(f fields) actor.RunConfig {
	c := actor.RunConfig{
		Called: f.yes("called"), Driver: f.str("driver"), DataPath: f.str("dataPath"),
		Hostname: f.str("hostname"), Port: int(f.num("port")), BasePath: f.str("basePath"),
		MaxIncomingMessage: int(f.num("maxIncomingMessageSize")),
		StudioToken:        f.str("studioToken"),
		StudioOrigins:      f.strs("studioOrigins"), StudioEndpoint: f.str("studioEndpoint"),
	}
	if b, ok := f.val("studioEnabled").(bool); ok {
		c.StudioEnabled = &b
	}
	if cors := f.sub("cors"); cors.o != nil {
		c.CORS = &actor.CORS{
			Origins: cors.strs("origins"), Dynamic: cors.yes("dynamic"),
			AllowMethods: cors.strs("allowMethods"), AllowHeaders: cors.strs("allowHeaders"),
			ExposeHeaders: cors.strs("exposeHeaders"), Credentials: cors.yes("credentials"), MaxAge: int(cors.num("maxAge")),
		}
	}
	return c
}
