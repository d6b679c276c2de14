package studio

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// REPL is what the routes below /repl need; New nil: there are none.
type REPL struct {
	// New makes an isolate for lines.
	New func(host actor.LineHost) (Lines, error)
	// Compile makes a line ready to run; an error has its position in At.
	Compile func(name, source string) (*actor.Line, error)
	// History is the file that inputs are kept in; "": in memory.
	History string
	// Redact takes secrets out of an input before it is kept; nil: nothing.
	Redact func(code string) string
}

// Lines is an isolate in which lines are evaluated one after another; see
// isolate.REPL.
type Lines interface {
	Eval(ctx context.Context, line *actor.Line, limit time.Duration) actor.LineResult
	Show(ctx context.Context, v value.Value) ([]actor.LinePart, error)
	Scope(ctx context.Context, s actor.LineScope) error
	Complete(ctx context.Context, path []string) (actor.LinePath, error)
	Interrupt() bool
	Lost() bool
	Close()
}

const (
	maxSessions = 16               // of the REPL; the one that was idle longest makes room
	sessionIdle = 30 * time.Minute // then it may be ended
	lineTime    = 30 * time.Second
	maxLineTime = time.Hour
	maxCode     = 1 << 20
	maxOutput   = 1 << 20 // of a value in an answer
)

// repls are the sessions of the REPL.
type repls struct {
	s       *Studio
	history replHistory

	mu     sync.Mutex
	all    map[string]*replSession
	closed bool
	ending sync.WaitGroup // sessions on their way out
}

// replSession is one REPL: an isolate with its variables, and an actor in use.
type replSession struct {
	s  *Studio
	id string

	// turn holds a token while an input is dealt with; it guards n and code.
	turn chan struct{}
	n    int    // lines so far
	code string // version that the scope is of

	mu    sync.Mutex // guards lines and used; set by who has the turn
	lines Lines
	used  *usedActor

	// Guarded by repls.mu.
	asked int // requests under way
	last  time.Time
}

// usedActor is the one that .use named.
type usedActor struct {
	id, name string
	key      []string
}

func (u *usedActor) String() string {
	if u == nil {
		return ""
	}
	return inspect.FormatTarget(u.name, u.key)
}

func (x *replSession) isolate() Lines {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.lines
}

// using is the actor in use, nil: none.
func (x *replSession) using() *usedActor {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.used
}

func (r *repls) init(s *Studio) {
	r.s, r.all = s, map[string]*replSession{}
	r.history.path = s.o.REPL.History
}

// close ends all sessions.
func (r *repls) close() {
	r.mu.Lock()
	r.closed = true
	all := slices.Collect(maps.Values(r.all))
	r.all = map[string]*replSession{}
	r.mu.Unlock()
	for _, x := range all {
		x.isolate().Close()
	}
	r.ending.Wait()
}

// Relieve ends the sessions of the REPL that nobody asks anything of; memory is short.
func (s *Studio) Relieve() {
	s.repls.mu.Lock()
	idle := s.repls.drop(func(x *replSession) bool { return true })
	s.repls.mu.Unlock()
	for _, x := range idle {
		x.isolate().Close()
	}
}

// drop takes idle sessions out of the books; r.mu is held.
func (r *repls) drop(which func(*replSession) bool) (out []*replSession) {
	for id, x := range r.all {
		if x.asked == 0 && which(x) {
			delete(r.all, id)
			out = append(out, x)
		}
	}
	return out
}

// enter finds a session, or makes one; known is false for a new one. leave must
// be called when it was asked.
func (r *repls) enter(id string) (x *replSession, known bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, false, errs.New(errs.ShuttingDown, "The server is shutting down.")
	}
	old := r.drop(func(x *replSession) bool { return x.id != id && time.Since(x.last) > sessionIdle })
	defer func() {
		for _, x := range old {
			r.ending.Go(x.isolate().Close) // it may wait for code that heeds no interrupt
		}
	}()
	if x = r.all[id]; x != nil && id != "" {
		x.asked++
		return x, true, nil
	}
	if len(r.all) >= maxSessions {
		oldest := time.Now()
		for _, x := range r.all {
			if x.asked == 0 && x.last.Before(oldest) {
				oldest = x.last
			}
		}
		out := r.drop(func(x *replSession) bool { return x.last.Equal(oldest) })
		if len(out) == 0 {
			return nil, false, coded(http.StatusTooManyRequests, codeRate, "There are %d REPL sessions, and all are busy.", maxSessions).
				WithHint("End one of them, or wait until its line has ended.")
		}
		old = append(old, out...)
	}
	x = &replSession{s: r.s, id: newReplID(), turn: make(chan struct{}, 1), asked: 1}
	if x.lines, err = r.s.o.REPL.New(x); err != nil {
		return nil, false, err
	}
	r.all[x.id] = x
	return x, false, nil
}

func (r *repls) leave(x *replSession) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x.asked--
	x.last = time.Now()
}

func newReplID() string {
	b := make([]byte, 9)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// repl is POST /repl.
func (s *Studio) repl(q *request) error {
	var in inspect.ReplRequest
	if err := q.read(&in); err != nil {
		return err
	}
	if len(in.Code) > maxCode {
		return coded(http.StatusRequestEntityTooLarge, errs.MessageTooLong, "An input has at most %d bytes.", maxCode)
	}
	limit := lineTime
	if in.TimeoutMs != 0 {
		if in.TimeoutMs < 0 || in.TimeoutMs > maxLineTime.Milliseconds() {
			return invalid("timeoutMs=%d: want a number from 1 to %d.", in.TimeoutMs, maxLineTime.Milliseconds())
		}
		limit = time.Duration(in.TimeoutMs) * time.Millisecond
	}
	x, known, err := s.repls.enter(in.Session)
	if err != nil {
		return err
	}
	defer s.repls.leave(x)
	out := inspect.ReplAnswer{ID: x.id, Logs: []inspect.ReplLog{}}
	if !known && in.Session != "" {
		out.Notes = append(out.Notes, inspect.ReplNote{Kind: "restart", Text: "A new session: the server was restarted, or the old one was idle for long. Variables are gone."})
	}
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-q.Context().Done():
		return context.Cause(q.Context())
	}
	if err := x.refresh(q.Context(), &out); err != nil {
		return err
	}
	began := time.Now()
	live := q.liveLogs()
	x.input(q, in.Code, limit, live, &out)
	out.Use, out.Us = x.using().String(), time.Since(began).Microseconds()
	if live == nil {
		return q.json(http.StatusOK, out)
	}
	return q.line(inspect.ReplEvent{Answer: &out})
}

// liveLogs writes log lines as they come, to who accepts lines; else it is nil.
func (q *request) liveLogs() func(actor.Log) {
	if !strings.Contains(q.Request.Header.Get("Accept"), "application/x-ndjson") {
		return nil
	}
	q.ResponseWriter.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	return func(l actor.Log) {
		log := logLine(l)
		_ = q.line(inspect.ReplEvent{Log: &log}) // that nobody reads is noticed by the end
	}
}

func logLine(l actor.Log) inspect.ReplLog {
	return inspect.ReplLog{Level: level(l.Level), Message: l.Msg, At: l.At}
}

// line writes one document of several.
func (q *request) line(body any) error {
	b, err := encode(body)
	if err != nil {
		return errs.Wrap(errs.Internal, err, "encode")
	}
	if _, err := q.ResponseWriter.Write(append(b, '\n')); err != nil {
		return nil // the client has gone
	}
	_ = http.NewResponseController(q.ResponseWriter).Flush() // else it comes later
	return nil
}

// refresh has the session see the code that serves now.
func (x *replSession) refresh(ctx context.Context, out *inspect.ReplAnswer) error {
	if x.isolate().Lost() {
		x.isolate().Close()
		l, err := x.s.o.REPL.New(x)
		if err != nil {
			return err
		}
		x.mu.Lock()
		x.lines = l
		x.mu.Unlock()
		x.code = ""
		out.Notes = append(out.Notes, inspect.ReplNote{Kind: "lost", Text: "The isolate was given up: variables are gone."})
	}
	reg := x.s.o.Registry()
	if x.code == reg.Version && x.code != "" {
		return nil
	}
	if x.code != "" {
		out.Notes = append(out.Notes, inspect.ReplNote{Kind: "reload", Text: "The code was reloaded; variables are kept."})
	}
	x.code = reg.Version
	return x.scope(ctx)
}

// scope sets what lines see.
func (x *replSession) scope(ctx context.Context) error {
	reg := x.s.o.Registry()
	sc := actor.LineScope{Types: slices.Sorted(maps.Keys(reg.Actors))}
	if u := x.using(); u != nil {
		sc.Used = &actor.LineUsed{Name: u.name, Key: u.key}
		if u.id != "" {
			sc.Used.ID = actor.ID(u.id)
		}
		if d := reg.Actors[u.name]; d != nil {
			sc.Used.Actions = d.Actions
		}
	}
	return x.isolate().Scope(ctx, sc)
}

// input deals with a line or a dot-command.
func (x *replSession) input(q *request, code string, limit time.Duration, live func(actor.Log), out *inspect.ReplAnswer) {
	if word, rest, ok := dotCommand(code); ok {
		if err := x.command(&commanding{x: x, q: q, rest: rest, limit: limit, live: live, out: out}, word); err != nil {
			out.Error = x.told(errs.As(err), nil, code)
		}
		return
	}
	if strings.TrimSpace(code) != "" {
		x.eval(q, code, limit, live, out)
	}
}

// eval runs a line.
func (x *replSession) eval(q *request, code string, limit time.Duration, live func(actor.Log), out *inspect.ReplAnswer) value.Value {
	x.n++
	out.Line = x.n
	line, err := x.s.o.REPL.Compile(fmt.Sprintf("REPL%d", x.n), code)
	if err != nil {
		out.Error = x.told(errs.As(err), nil, code)
		return value.Undefined{}
	}
	line.Via, line.Log = q.via(), live
	res := x.isolate().Eval(q.Context(), line, limit)
	for _, l := range res.Logs {
		out.Logs = append(out.Logs, logLine(l))
	}
	if res.Err != nil {
		out.Error = x.told(res.Err, res.Thrown, code)
	}
	if res.Parts != nil {
		out.Output = output(res.Parts, res.Value)
	}
	return res.Value
}

// told is an error as the API tells it, with the line that it is in.
func (x *replSession) told(e *errs.Error, thrown []actor.LinePart, code string) *inspect.ReplError {
	api := x.s.errorOf(e)
	out := &inspect.ReplError{Code: api.Code, Message: api.Message, Hint: api.Hint, Metadata: api.Metadata, At: api.At}
	if p := out.At; p != nil && p.Frame == nil && p.File == fmt.Sprintf("REPL%d", x.n) {
		p.Frame = linesAround(code, p.Line, 2).Lines
	}
	if thrown == nil {
		thrown = []actor.LinePart{{Style: "error", Text: e.Msg}, {Style: "muted", Text: " [" + string(e.Code) + "]"}}
		if e.At != "" {
			thrown = append(thrown, actor.LinePart{Style: "muted", Text: "\n    at " + e.At})
		}
	}
	if out.Metadata != nil {
		if b, err := out.Metadata.MarshalJSON(); err == nil && len(b) < maxOutput && string(b) != "{}" {
			thrown = append(thrown, actor.LinePart{Text: "\n  metadata: " + string(b)})
		}
	}
	if e.Hint != "" {
		thrown = append(thrown, actor.LinePart{Text: "\n  " + e.Hint})
	}
	out.Text, out.Parts = joined(thrown)
	return out
}

func joined(parts []actor.LinePart) (text string, out []inspect.ReplPart) {
	var b strings.Builder
	out = make([]inspect.ReplPart, 0, len(parts))
	for _, p := range parts {
		b.WriteString(p.Text)
		out = append(out, inspect.ReplPart(p))
	}
	return b.String(), out
}

// output is a result; a value that is large is cut, its text never is.
func output(parts []actor.LinePart, v value.Value) *inspect.ReplOutput {
	o := &inspect.ReplOutput{Value: inspect.TaggedOf(cmp.Or(v, value.Value(value.Undefined{})))}
	if b, err := o.Value.MarshalJSON(); err != nil || len(b) > maxOutput {
		o.Value = inspect.Tagged{Tree: inspect.Cut(o.Value.Tree, brief)}
	}
	o.Text, o.Parts = joined(parts)
	return o
}

// interruptRepl is DELETE /repl/:id; with ?end=true the session ends as well.
func (s *Studio) interruptRepl(q *request) error {
	id := q.PathValue("id")
	end := q.URL.Query().Get("end") == "true"
	s.repls.mu.Lock()
	x := s.repls.all[id]
	if end {
		delete(s.repls.all, id)
	}
	s.repls.mu.Unlock()
	if x == nil {
		return notFound("There is no REPL session %s.", id)
	}
	if x.isolate().Interrupt(); end {
		s.repls.ending.Go(x.isolate().Close)
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}

// State is actor.LineHost's: the state of the actor in use.
func (x *replSession) State() (value.Value, error) {
	u := x.using()
	if u == nil {
		return value.Undefined{}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	img, err := x.s.o.Engine.Image(ctx, u.actorID())
	if errs.Is(err, errs.ActorNotFound) {
		return value.Undefined{}, nil
	}
	if err != nil {
		return nil, err
	}
	if img.Snapshot == nil {
		return value.Undefined{}, nil
	}
	g, err := value.DecodeGraph(img.Snapshot, img.Patches...)
	if err != nil {
		return nil, errs.Wrap(errs.DataCorrupt, err, "the stored state can't be read")
	}
	return g.Value(), nil
}

func (u *usedActor) actorID() actor.ID {
	if u.id != "" {
		return actor.ID(u.id)
	}
	return actor.IDOf(u.name, u.key)
}

// List is actor.LineHost's: at most 500 actors of a type.
func (x *replSession) List(typ, filter string) (value.Value, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	items, _, err := x.s.dir.list(ctx, listing{typ: typ, q: filter, to: maxList})
	if err != nil {
		return nil, err
	}
	return plainOf(items)
}

// plainOf is a body of the API as plain data.
func plainOf(body any) (value.Value, error) {
	b, err := encode(body)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, err, "encode")
	}
	return value.ParseJSON(b)
}
