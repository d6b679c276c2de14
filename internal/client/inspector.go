package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// InspectorOptions configure an Inspector; a zero field takes the default it names.
type InspectorOptions struct {
	URL        string       // required: the server's, with or without /registry
	Token      string       // the server's, the Studio's, or a session
	Via        string       // "cli": entries of calls name it as their way in; "": studio
	HTTPClient *http.Client // nil: a client without a time limit of its own
}

// Inspector is the client of the inspector API. It may be used by many
// goroutines. Errors are *errs.Error, and *StateConflict from an edit.
type Inspector struct {
	base  *url.URL // of the server
	token string
	via   string
	http  *http.Client
}

// StateConflict is the refusal of an edit whose base is no longer the state.
type StateConflict struct {
	Err   *errs.Error
	Rev   uint64        // that the state has
	Patch inspect.Patch // what changed since the revision that was sent
}

func (c *StateConflict) Error() string { return c.Err.Error() }

func (c *StateConflict) Unwrap() error { return c.Err }

// NewInspector makes an inspector; it asks nothing yet.
func NewInspector(o InspectorOptions) (*Inspector, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errs.New(errs.Usage, "%q is not the URL of a server", o.URL).WithHint("write it as http://localhost:8080")
	}
	base := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/registry")}
	in := &Inspector{base: base, token: o.Token, via: o.Via, http: o.HTTPClient}
	if in.http == nil {
		in.http = &http.Client{}
	}
	return in, nil
}

// URL is the server's, without a slash at its end.
func (in *Inspector) URL() string { return in.base.String() }

// Same reports whether both speak to the same address with the same token.
func (in *Inspector) Same(other *Inspector) bool {
	return in.URL() == other.URL() && in.token == other.token
}

// Hello tells which server this is; it needs no token.
func (in *Inspector) Hello(ctx context.Context) (out inspect.Hello, err error) {
	return out, in.get(ctx, "/hello", nil, &out)
}

// Session exchanges the token for a session of 16 hours, which may be read-only.
func (in *Inspector) Session(ctx context.Context, readOnly bool) (out inspect.Session, err error) {
	return out, in.ask(ctx, "POST", "/session", nil, inspect.SessionRequest{Token: in.token, ReadOnly: readOnly}, &out)
}

// Code makes a code with which a browser opens one session, within 30 seconds.
func (in *Inspector) Code(ctx context.Context, readOnly bool) (out inspect.Code, err error) {
	return out, in.ask(ctx, "POST", "/code", nil, inspect.CodeRequest{ReadOnly: readOnly}, &out)
}

// Config is what the project's code asked for, by the names of settings.
func (in *Inspector) Config(ctx context.Context) (map[string]any, error) {
	var list []inspect.Setting
	if err := in.get(ctx, "/config", nil, &list); err != nil {
		return nil, err
	}
	out := make(map[string]any, len(list))
	for _, s := range list {
		var v any
		if err := json.Unmarshal(s.Value, &v); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.Key, err)
		}
		out[s.Key] = v
	}
	return out, nil
}

// EndSession ends the session that the inspector bears.
func (in *Inspector) EndSession(ctx context.Context) error {
	return in.ask(ctx, "DELETE", "/session", nil, nil, nil)
}

// Meta tells about the server.
func (in *Inspector) Meta(ctx context.Context) (out inspect.Meta, err error) {
	return out, in.get(ctx, "/meta", nil, &out)
}

// Types are the actor types that the code defines.
func (in *Inspector) Types(ctx context.Context) (out []inspect.Type, err error) {
	return out, in.get(ctx, "/types", nil, &out)
}

// ActorQuery asks for a part of the actors; zero fields ask for all.
type ActorQuery struct {
	Type   string
	Filter string // key:my* status:awake errors:>0 size:>1MiB conns:>10
	Status string
	Sort   string // activeAt, conns, createdAt, errors, key, queued, rev, stateBytes, status, type; with - first: falling
	Limit  int    // 0: 100
	Cursor string // Next of the page before
}

// Actors is a page of the actors.
func (in *Inspector) Actors(ctx context.Context, q ActorQuery) (out inspect.List[inspect.Actor], err error) {
	return out, in.get(ctx, "/actors", params("type", q.Type, "q", q.Filter, "status", q.Status, "sort", q.Sort, "limit", num(q.Limit), "cursor", q.Cursor), &out)
}

// Create makes an actor; already_exists if there is one. input nil: none.
func (in *Inspector) Create(ctx context.Context, typ string, key []string, input *inspect.Tagged) (out inspect.Actor, err error) {
	if key == nil {
		key = []string{}
	}
	return out, in.ask(ctx, "POST", "/actors", nil, inspect.CreateRequest{Type: typ, Key: key, Input: input}, &out)
}

// Resolve finds an actor by type and key.
func (in *Inspector) Resolve(ctx context.Context, typ string, key []string) (out inspect.Actor, err error) {
	if key == nil {
		key = []string{}
	}
	text, err := json.Marshal(key)
	if err != nil {
		return out, errs.Wrap(errs.Internal, err, "encode a key")
	}
	return out, in.get(ctx, "/resolve", params("type", typ, "key", string(text)), &out)
}

// Find finds the actor that a command line names.
func (in *Inspector) Find(ctx context.Context, t Target) (inspect.Actor, error) {
	if t.ID != "" {
		return in.Actor(ctx, t.ID)
	}
	return in.Resolve(ctx, t.Name, t.Key)
}

// Actor is one actor by its id.
func (in *Inspector) Actor(ctx context.Context, id string) (out inspect.Actor, err error) {
	return out, in.get(ctx, of(id), nil, &out)
}

// Destroy removes an actor and all that is stored of it.
func (in *Inspector) Destroy(ctx context.Context, id string) error {
	return in.ask(ctx, "DELETE", of(id), nil, nil, nil)
}

// Sleep puts an actor to sleep.
func (in *Inspector) Sleep(ctx context.Context, id string) (out inspect.Actor, err error) {
	return out, in.ask(ctx, "POST", of(id)+"/sleep", nil, nil, &out)
}

// Wake starts an actor.
func (in *Inspector) Wake(ctx context.Context, id string) (out inspect.Actor, err error) {
	return out, in.ask(ctx, "POST", of(id)+"/wake", nil, nil, &out)
}

// Restart stops an actor and starts it from its durable state.
func (in *Inspector) Restart(ctx context.Context, id string) (out inspect.Actor, err error) {
	return out, in.ask(ctx, "POST", of(id)+"/restart", nil, nil, &out)
}

// State is an actor's state at a pointer; depth 0: whole. It wakes nobody.
func (in *Inspector) State(ctx context.Context, id, pointer string, depth int) (out inspect.State, err error) {
	return out, in.get(ctx, of(id)+"/state", params("path", pointer, "depth", num(depth)), &out)
}

// EditState changes a state that was read at edit.Rev; see StateConflict.
func (in *Inspector) EditState(ctx context.Context, id string, edit inspect.Edit) (out inspect.Edited, err error) {
	return out, in.ask(ctx, "PATCH", of(id)+"/state", nil, edit, &out)
}

// Conns are an actor's open connections.
func (in *Inspector) Conns(ctx context.Context, id string) ([]inspect.Conn, error) {
	return all(func(cursor string) (out inspect.List[inspect.Conn], err error) {
		return out, in.get(ctx, of(id)+"/connections", params("cursor", cursor), &out)
	})
}

// CloseConn closes a connection from the server's side.
func (in *Inspector) CloseConn(ctx context.Context, id, conn, reason string) error {
	return in.ask(ctx, "DELETE", of(id)+"/connections/"+url.PathEscape(conn), nil, map[string]string{"reason": reason}, nil)
}

// EditConn changes a connection's state.
func (in *Inspector) EditConn(ctx context.Context, id, conn string, edit inspect.Edit) (out inspect.Edited, err error) {
	return out, in.ask(ctx, "PATCH", of(id)+"/connections/"+url.PathEscape(conn)+"/state", nil, edit, &out)
}

// Emit sends an event to all who subscribed to it, or to one connection.
func (in *Inspector) Emit(ctx context.Context, id, event string, args []value.Value, conn string) (out inspect.Emitted, err error) {
	return out, in.ask(ctx, "POST", of(id)+"/events", nil, inspect.Emit{Name: event, Args: array(args), Conn: conn}, &out)
}

// Call calls an action of an actor that exists, as a server-side caller.
// timeout 0: the action's own.
func (in *Inspector) Call(ctx context.Context, id, action string, args []value.Value, timeout time.Duration) (out inspect.Called, err error) {
	return out, in.ask(ctx, "POST", of(id)+"/actions/"+url.PathEscape(action), nil, inspect.Call{Args: array(args), TimeoutMs: timeout.Milliseconds()}, &out)
}

// HistoryQuery asks for a part of the history; zero fields ask for all of it.
type HistoryQuery struct {
	Actor    string // id
	Filter   string // kind:action name:inc* took:>50ms error "text" -kind:log
	From, To uint64 // Seq, both included
	Order    string // asc or desc; "": desc
	Limit    int    // 0: 100
	Cursor   string
}

func (q HistoryQuery) params() url.Values {
	return params("actor", q.Actor, "filter", q.Filter, "from", num(q.From), "to", num(q.To), "order", q.Order, "limit", num(q.Limit), "cursor", q.Cursor)
}

// History is a page of what actors did.
func (in *Inspector) History(ctx context.Context, q HistoryQuery) (out inspect.List[inspect.Entry], err error) {
	return out, in.get(ctx, "/history", q.params(), &out)
}

// Entry is one entry of the history, whole.
func (in *Inspector) Entry(ctx context.Context, seq uint64) (out inspect.Entry, err error) {
	return out, in.get(ctx, "/history/"+num(seq), nil, &out)
}

// ClearHistory forgets what an actor did, or with "" what all did.
func (in *Inspector) ClearHistory(ctx context.Context, id string) error {
	return in.ask(ctx, "DELETE", "/history", params("actor", id), nil, nil)
}

// Logs is a page of what was logged.
func (in *Inspector) Logs(ctx context.Context, q HistoryQuery) (out inspect.List[inspect.Log], err error) {
	return out, in.get(ctx, "/logs", q.params(), &out)
}

// Errors are the groups of like errors, the newest first.
func (in *Inspector) Errors(ctx context.Context, q HistoryQuery) (out inspect.List[inspect.ErrorGroup], err error) {
	return out, in.get(ctx, "/errors", q.params(), &out)
}

// Schedule are the scheduled actions of an actor, or with "" of all, by time.
func (in *Inspector) Schedule(ctx context.Context, id string) ([]inspect.Alarm, error) {
	return all(func(cursor string) (out inspect.List[inspect.Alarm], err error) {
		return out, in.get(ctx, "/schedule", params("actor", id, "cursor", cursor, "limit", "500"), &out)
	})
}

// RunAlarm runs a scheduled action now; its failure is the error.
func (in *Inspector) RunAlarm(ctx context.Context, alarm string) error {
	return in.ask(ctx, "POST", "/schedule/"+url.PathEscape(alarm)+"/run", nil, nil, nil)
}

// RetryAlarm schedules an action that failed anew.
func (in *Inspector) RetryAlarm(ctx context.Context, alarm string) error {
	return in.ask(ctx, "POST", "/schedule/"+url.PathEscape(alarm)+"/retry", nil, nil, nil)
}

// CancelAlarm takes an action off the schedule.
func (in *Inspector) CancelAlarm(ctx context.Context, alarm string) error {
	return in.ask(ctx, "DELETE", "/schedule/"+url.PathEscape(alarm), nil, nil, nil)
}

// Build is the state of the code.
func (in *Inspector) Build(ctx context.Context) (out inspect.Build, err error) {
	return out, in.get(ctx, "/build", nil, &out)
}

// Source is a file of the bundle, around a line; line 0: whole.
func (in *Inspector) Source(ctx context.Context, file string, line int) (out inspect.Source, err error) {
	return out, in.get(ctx, "/source", params("file", file, "line", num(line)), &out)
}

// Export gives one actor by its id, all of a type, or with both "" all, as the
// lines of inspect.Exported.
func (in *Inspector) Export(ctx context.Context, id, typ string, line func([]byte) error) error {
	res, err := in.send(ctx, "GET", "/export", params("actor", id, "type", typ), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return lines(res.Body, line)
}

// lines calls f for each line of r; a line may be as long as memory allows.
func lines(r io.Reader, f func([]byte) error) error {
	d := json.NewDecoder(r)
	for {
		var raw json.RawMessage
		if err := d.Decode(&raw); err == io.EOF {
			return nil
		} else if err != nil {
			return errs.Wrap(errs.ConnectionLost, err, "the server's answer broke off")
		}
		if err := f(raw); err != nil {
			return err
		}
	}
}

func of(id string) string { return "/actors/" + url.PathEscape(id) }

func array(args []value.Value) inspect.Tagged {
	return inspect.TaggedOf(&value.Array{Items: args})
}

// num is n as a parameter, "" for 0.
func num[N int | uint64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(n), 10)
}

// params makes a query of alternating names and values, without empty values.
func params(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

// all gathers the pages of a list.
func all[T any](page func(cursor string) (inspect.List[T], error)) ([]T, error) {
	var out []T
	for cursor := ""; ; {
		l, err := page(cursor)
		if err != nil {
			return nil, err
		}
		out = append(out, l.Items...)
		if cursor = l.Next; cursor == "" {
			return out, nil
		}
	}
}

func (in *Inspector) get(ctx context.Context, path string, query url.Values, into any) error {
	return in.ask(ctx, "GET", path, query, nil, into)
}

// ask sends body as JSON and reads the answer into what it is for.
func (in *Inspector) ask(ctx context.Context, method, path string, query url.Values, body, into any) error {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return errs.Wrap(errs.InvalidRequest, err, "encode the request")
		}
		r = bytes.NewReader(b)
	}
	res, err := in.send(ctx, method, path, query, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxBody)).Decode(into); err != nil {
		return errs.Wrap(errs.MalformedMessage, err, "the server's answer to %s %s isn't what it should be", method, path)
	}
	return nil
}

// send gives the response if it is a success, with its body to be closed.
func (in *Inspector) send(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Response, error) {
	return in.sendAs(ctx, method, path, query, body, "")
}

// sendAs is send for an answer of a media type; "": whichever.
func (in *Inspector) sendAs(ctx context.Context, method, path string, query url.Values, body io.Reader, accept string) (*http.Response, error) {
	at := in.URL() + inspect.Base + path
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, err, "make a request to %s", at)
	}
	in.sign(req.Header)
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := in.http.Do(req)
	if err != nil {
		return nil, in.unreachable(ctx, err)
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return nil, in.unreachable(ctx, err)
	}
	return nil, in.failure(res, b)
}

func (in *Inspector) sign(h http.Header) {
	if in.token != "" {
		h.Set("Authorization", "Bearer "+in.token)
	}
	if in.via != "" {
		h.Set("X-Rivet-Via", in.via)
	}
	h.Set("User-Agent", "rivet")
}

func (in *Inspector) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errs.Wrap(errs.NoServer, err, "no server answers at %s", in.URL()).WithHint("start one with: rivet dev")
}

// failure is the error that an answer tells.
func (in *Inspector) failure(res *http.Response, body []byte) error {
	var f inspect.Failure
	if json.Unmarshal(body, &f) != nil || f.Error.Code == "" {
		return errs.New(errs.NoServer, "%s answered %s with %.80q, which no rivet server says", in.URL(), res.Status, body).
			WithHint("is it the right URL?")
	}
	e := errorOf(&f.Error)
	e.Status = res.StatusCode
	if f.Error.Code == "state_conflict" {
		return &StateConflict{Err: e, Rev: f.Rev, Patch: f.Patch}
	}
	return e
}

func errorOf(x *inspect.Error) *errs.Error {
	e := &errs.Error{Code: errs.Code(x.Code), Msg: x.Message, Hint: x.Hint, Public: true}
	if x.Metadata != nil {
		if v, err := x.Metadata.Value(); err == nil {
			e.Metadata = v
		}
	}
	if p := x.At; p != nil && p.File != "" {
		e.At = p.File
		if p.Line > 0 {
			e.At += ":" + strconv.Itoa(p.Line)
			if p.Column > 0 {
				e.At += ":" + strconv.Itoa(p.Column)
			}
		}
	}
	return e
}
