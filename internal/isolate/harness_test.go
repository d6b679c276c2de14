package isolate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/sdk"
)

var sdkScript = sync.OnceValues(func() (actor.Script, error) { return bundle.BuildSDK(sdk.FS) })

// build makes a bundle of one TypeScript file.
func build(t testing.TB, source string) *actor.Bundle {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "server.ts"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	b := bundle.New(bundle.Options{Dir: dir, Entry: "server.ts", SDK: sdk.FS, Dev: true})
	t.Cleanup(b.Close)
	out, err := b.Build(t.Context())
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return out
}

// world is a version with the engine played by the test.
type world struct {
	t  testing.TB
	rt *isolate.Runtime
	v  *isolate.Version

	mu   sync.Mutex
	logs []actor.Log // of the server isolate
}

func runtimeOf(t testing.TB, set func(*isolate.Options)) (*isolate.Runtime, *world) {
	t.Helper()
	s, err := sdkScript()
	if err != nil {
		t.Fatalf("build SDK: %v", err)
	}
	w := &world{t: t}
	o := isolate.Options{SDK: s, Size: 2, ServerLog: func(l actor.Log) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.logs = append(w.logs, l)
	}}
	if set != nil {
		set(&o)
	}
	w.rt = isolate.New(o)
	return w.rt, w
}

// load runs a source whose registry has the actors of the tests.
func load(t testing.TB, source string, set func(*isolate.Options)) *world {
	t.Helper()
	rt, w := runtimeOf(t, set)
	v, err := rt.Load(t.Context(), build(t, source))
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	w.v = v
	t.Cleanup(v.Close)
	return w
}

// def is a source with one actor type called x.
func def(config string) string {
	return `import { actor, setup, UserError } from "@rivetkit/actor";
const x = actor(` + config + `);
export const registry = setup({ use: { x } });`
}

// life is one instance, with what it did.
type life struct {
	w    *world
	inst actor.Instance
	ref  actor.Ref

	mu       sync.Mutex
	cond     *sync.Cond
	outs     []*actor.Outcome
	effects  []actor.Effect
	logs     []actor.Log
	snapshot []byte
	patches  [][]byte
	conns    map[actor.ConnID]actor.ConnChange
	alarms   []actor.AlarmChange
	replies  map[actor.CallID]actor.Reply
	started  bool
	stopped  *actor.Outcome
	work     actor.Work
	lastCall actor.CallID
	hold     bool // Permits are not granted
	held     []actor.Token
}

// Turn is actor.Sink's.
func (l *life) Turn(o *actor.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.cond.Broadcast()
	l.outs = append(l.outs, o)
	l.logs = append(l.logs, o.Logs...)
	if o.Snapshot != nil {
		l.snapshot, l.patches = o.Snapshot, nil
	}
	if o.Patch != nil {
		l.patches = append(l.patches, o.Patch)
	}
	for _, c := range o.Conns {
		switch {
		case c.Removed:
			delete(l.conns, c.Conn)
		case c.Parted:
			was := l.conns[c.Conn]
			was.Parted = true
			l.conns[c.Conn] = was
		default:
			c.Parted = l.conns[c.Conn].Parted
			l.conns[c.Conn] = c
		}
	}
	l.alarms = append(l.alarms, o.Alarms...)
	for _, e := range o.Effects {
		l.effects = append(l.effects, e)
		switch e := e.(type) {
		case actor.Reply:
			l.replies[e.Call] = e
		case actor.Permit:
			if l.hold {
				l.held = append(l.held, e.Token)
			} else {
				l.inst.Post(actor.Granted{Token: e.Token})
			}
		}
	}
	l.started = l.started || o.Started
	if o.Stopped {
		l.stopped = o
	}
	l.work = o.Work
}

// image is what a store would have of this life.
func (l *life) image() actor.Start {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := actor.Start{Ref: l.ref, Input: value.Undefined{}, Snapshot: l.snapshot, Patches: l.patches}
	for id, c := range l.conns {
		s.Conns = append(s.Conns, actor.ConnState{ConnInfo: actor.ConnInfo{ID: id, Params: value.Undefined{}, Auth: value.Undefined{}},
			HasState: c.HasState, State: c.State, Parted: c.Parted})
	}
	return s
}

func (w *world) spawn(spec actor.Start) *life {
	l := &life{w: w, ref: spec.Ref, conns: map[actor.ConnID]actor.ConnChange{}, replies: map[actor.CallID]actor.Reply{},
		snapshot: spec.Snapshot, patches: spec.Patches}
	for _, c := range spec.Conns {
		l.conns[c.ID] = actor.ConnChange{Conn: c.ID, HasState: c.HasState, State: c.State}
	}
	l.cond = sync.NewCond(&l.mu)
	l.mu.Lock()
	l.inst = w.v.Start(spec, l)
	l.mu.Unlock()
	return l
}

func newSpec(name string, key ...string) actor.Start {
	return actor.Start{New: true, Input: value.Undefined{}, Generation: 1,
		Ref: actor.Ref{ID: actor.IDOf(name, key), Name: name, Key: key, Region: "local", CreatedAt: time.Now()}}
}

// start starts a new actor and waits until it is awake.
func (w *world) start(name string, key ...string) *life {
	w.t.Helper()
	l := w.spawn(newSpec(name, key...))
	l.wait("started", func() bool { return l.started || l.stopped != nil })
	if l.stopped != nil {
		w.t.Fatalf("%s did not start: %v; logs %v", name, l.stopped.Err, l.lines())
	}
	return l
}

// wait waits until cond, which runs with l locked, is true.
func (l *life) wait(what string, cond func() bool) {
	l.w.t.Helper()
	timer := time.AfterFunc(10*time.Second, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.cond.Broadcast()
	})
	defer timer.Stop()
	deadline := time.Now().Add(10 * time.Second)
	l.mu.Lock()
	defer l.mu.Unlock()
	for !cond() {
		if time.Now().After(deadline) {
			l.w.t.Fatalf("waited in vain: %s; effects %s; logs %v", what, dump(l.effects), l.logs)
		}
		l.cond.Wait()
	}
}

func (l *life) nextCall() actor.CallID {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastCall++
	return l.lastCall
}

func anon() actor.ConnInfo {
	return actor.ConnInfo{Params: value.Undefined{}, Auth: value.Undefined{}, Transport: actor.InProcess}
}

// post begins a stateless call.
func (l *life) post(action string, args ...value.Value) actor.CallID {
	call := l.nextCall()
	l.inst.Post(actor.Invoke{Call: call, Conn: anon(), Action: action, Args: args})
	return call
}

// answer waits for a call's reply.
func (l *life) answer(call actor.CallID) (value.Value, error) {
	l.w.t.Helper()
	l.wait(fmt.Sprintf("reply to call %d", call), func() bool { _, ok := l.replies[call]; return ok || l.stopped != nil })
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.replies[call]
	if !ok {
		return nil, fmt.Errorf("stopped: %w", l.stopped.Err)
	}
	return r.Output, r.Err
}

func (l *life) call(action string, args ...value.Value) (value.Value, error) {
	l.w.t.Helper()
	return l.answer(l.post(action, args...))
}

// json is a call whose output is returned as JSON, or its error as code: message.
func (l *life) json(action string, args ...value.Value) string {
	l.w.t.Helper()
	out, err := l.call(action, args...)
	return result(l.w.t, out, err)
}

func result(t testing.TB, out value.Value, err error) string {
	t.Helper()
	if err != nil {
		e := errs.As(err)
		return string(e.Code) + ": " + e.Msg
	}
	if out == (value.Undefined{}) {
		return "undefined"
	}
	text, err := value.AppendJSON(nil, out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// connect opens a connection and waits until it is accepted and greeted.
func (l *life) connect(id string, params value.Value) error {
	l.w.t.Helper()
	call := l.nextCall()
	l.inst.Post(actor.Connect{Call: call, Conn: actor.ConnInfo{ID: actor.ConnID(id), Params: params, Auth: value.Undefined{}, Transport: actor.WebSocket}})
	_, err := l.answer(call)
	return err
}

func (l *life) act(id, action string, args ...value.Value) actor.CallID {
	call := l.nextCall()
	l.inst.Post(actor.Act{Call: call, Conn: actor.ConnID(id), Action: action, Args: args})
	return call
}

func (l *life) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, g := range l.logs {
		out = append(out, strings.TrimSpace(g.At+" "+g.Msg))
	}
	return out
}

// state is the durable state as JSON.
func (l *life) state() string {
	l.w.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	g, err := value.DecodeGraph(l.snapshot, l.patches...)
	if err != nil {
		l.w.t.Fatal(err)
	}
	return result(l.w.t, g.Value(), nil)
}

// said lists the effects in short, and takes them.
func (l *life) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := dump(l.effects)
	l.effects = nil
	return s
}

func dump(effects []actor.Effect) string {
	var out []string
	for _, e := range effects {
		switch e := e.(type) {
		case actor.Reply:
			if e.Err != nil {
				out = append(out, "fail "+string(errs.CodeOf(e.Err)))
			} else {
				out = append(out, "reply")
			}
		case actor.Broadcast:
			args, _ := value.AppendJSON(nil, &value.Array{Items: e.Event.Args})
			out = append(out, "broadcast "+e.Event.Name+string(args))
		case actor.Send:
			out = append(out, fmt.Sprintf("send %s %s", e.Conn, e.Event.Name))
		case actor.CloseConn:
			out = append(out, fmt.Sprintf("close %s %d %s", e.Conn, e.Code, e.Reason))
		case actor.Accepted:
			out = append(out, "accepted "+string(e.Conn))
		case actor.Permit:
			out = append(out, "permit")
		default:
			out = append(out, fmt.Sprintf("%T", e))
		}
	}
	return strings.Join(out, ", ")
}

// stop stops the instance and waits for its end.
func (l *life) stop(grace time.Duration) *actor.Outcome {
	l.w.t.Helper()
	l.inst.Stop(grace)
	l.wait("stopped", func() bool { return l.stopped != nil })
	return l.stopped
}

var _ = json.Marshal
var _ context.Context
