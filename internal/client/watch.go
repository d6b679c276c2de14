package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	ackAfter    = 200 * time.Millisecond
	firstAgain  = 100 * time.Millisecond // wait before a lost socket is opened again, doubling
	longestWait = 2 * time.Second
)

// Update is what a Subscription is told. Of a picture (meta, build, types,
// actors, actor, state, connections, schedule, errors) Data is the whole as it
// is now, and Ops what changed since the last Update. Of a stream (history,
// logs) Items are entries, oldest first, each told once.
type Update struct {
	Fresh   bool             // a picture or stream that begins
	Data    value.Value      // a tree of JSON; of the topic state its value is tagged
	Ops     inspect.Patch    // nil if Fresh
	Total   int              // of actors: rows in all
	Items   []inspect.Entry  // of history
	Logs    []inspect.Log    // of logs
	Dropped *inspect.Dropped // items that were left out since the client was too slow
	Err     error            // the subscription has ended
}

// Decode reads Data into a type of package inspect.
func (u Update) Decode(into any) error {
	b, err := value.AppendJSON(nil, u.Data)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// Watch is the socket of the inspector API. It opens it again when it is lost,
// and goes on where it was: pictures are made fresh if need be, streams go on
// without gap or double as long as the same server runs.
type Watch struct {
	in     *Inspector
	status func(error)
	ctx    context.Context
	stop   context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	conn  *watchConn // nil: lost
	subs  map[int]*Subscription
	next  int
	epoch string // of the socket's frames
	n     uint64 // last frame
	acked uint64
	meta  inspect.Meta
}

// Subscription is one topic of a Watch.
type Subscription struct {
	w      *Watch
	id     int
	topic  string
	query  inspect.Query
	window *inspect.Window
	told   func(Update)
	heard  bool // a frame of it came, so the server knows it

	// These belong to the watch's goroutine.
	tree  value.Value
	rev   uint64
	began bool
	last  uint64 // Seq of the last item
	of    string // server whose Seq it is
}

// Watch opens the socket. status, which may be nil, is told nil when it is
// open again and why when it is lost. Close ends it.
func (in *Inspector) Watch(ctx context.Context, status func(error)) (*Watch, error) {
	if status == nil {
		status = func(error) {}
	}
	w := &Watch{in: in, status: status, subs: map[int]*Subscription{}, done: make(chan struct{})}
	c, err := w.dial(ctx)
	if err != nil {
		return nil, err
	}
	w.ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	go w.run(c)
	return w, nil
}

// Meta is what the server told of itself when the socket was opened last.
func (w *Watch) Meta() inspect.Meta {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.meta
}

// Close closes the socket; nothing is told after it returns. It must not be
// called by what is told.
func (w *Watch) Close() {
	w.stop()
	w.mu.Lock()
	if w.conn != nil {
		_ = w.conn.write(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusNormalClosure, "")))
		_ = w.conn.Close()
	}
	w.mu.Unlock()
	<-w.done
}

// Subscribe begins a topic. told is called in order, on the watch's goroutine;
// while it doesn't return nothing is read, and the server sends less.
func (w *Watch) Subscribe(topic string, q inspect.Query, window *inspect.Window, told func(Update)) *Subscription {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	s := &Subscription{w: w, id: w.next, topic: topic, query: q, window: window, told: told}
	w.subs[s.id] = s
	w.say(s.frame())
	return s
}

func (s *Subscription) frame() *inspect.ToServer {
	return &inspect.ToServer{T: "sub", ID: s.id, Topic: s.topic, Query: &s.query, Window: s.window}
}

// Window moves the window on the topic actors.
func (s *Subscription) Window(from, to int) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.window = &inspect.Window{From: from, To: to}
	s.w.say(&inspect.ToServer{T: "window", ID: s.id, From: from, To: to})
}

// Close ends the subscription; what is on its way may still be told.
func (s *Subscription) Close() {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	delete(s.w.subs, s.id)
	s.w.say(&inspect.ToServer{T: "unsub", ID: s.id})
}

// Rate bounds how often a second changes are sent; 20 at most.
func (w *Watch) Rate(hz float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.say(&inspect.ToServer{T: "rate", Hz: hz})
}

// say sends a frame, if there is a connection; w.mu is held.
func (w *Watch) say(f *inspect.ToServer) {
	if w.conn == nil {
		return // it is said when there is one
	}
	b, err := json.Marshal(f)
	if err == nil && w.conn.write(ws.NewTextFrame(b)) != nil {
		_ = w.conn.Close() // its reader notices
	}
}

// run reads, and opens the socket again, until Close.
func (w *Watch) run(c *watchConn) {
	defer close(w.done)
	for {
		err := w.read(c)
		w.mu.Lock()
		w.conn = nil
		w.mu.Unlock()
		_ = c.Close()
		if w.ctx.Err() != nil {
			return
		}
		w.status(w.in.unreachable(w.ctx, err))
		if c = w.again(); c == nil {
			return
		}
		w.status(nil)
	}
}

// again opens the socket anew; nil when the watch is closed.
func (w *Watch) again() *watchConn {
	for wait := firstAgain; ; wait = min(2*wait, longestWait) {
		select {
		case <-time.After(wait):
		case <-w.ctx.Done():
			return nil
		}
		c, err := w.dial(w.ctx)
		if err == nil {
			return c
		}
		if errs.Is(err, errs.Unauthorized) { // another server, perhaps: only a new watch can help
			w.status(err)
		}
	}
}

// dial opens a socket and says hello.
func (w *Watch) dial(ctx context.Context) (*watchConn, error) {
	h := http.Header{}
	h.Set("User-Agent", "rivet")
	d := ws.Dialer{Protocols: []string{inspect.Subprotocol}, Header: ws.HandshakeHeaderHTTP(h), Timeout: 10 * time.Second}
	conn, br, _, err := d.Dial(ctx, strings.Replace(w.in.URL(), "http", "ws", 1)+inspect.Base+"/ws")
	if err != nil {
		return nil, w.in.unreachable(ctx, err)
	}
	c := &watchConn{Conn: conn, in: wsutil.Reader{Source: conn, State: ws.StateClientSide}}
	if br != nil {
		c.in.Source = br
	}
	f, err := w.hello(c)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn = c
	if f.Meta != nil {
		w.meta = *f.Meta
	}
	if !f.Resumed {
		w.epoch, w.n, w.acked = f.Epoch, 0, 0
	}
	for _, s := range w.subs {
		if !f.Resumed || !s.heard { // it doesn't know it, or perhaps not
			s.heard = false
			w.say(s.frame())
		} else if s.window != nil {
			w.say(&inspect.ToServer{T: "window", ID: s.id, From: s.window.From, To: s.window.To})
		}
	}
	return c, nil
}

func (w *Watch) hello(c *watchConn) (*inspect.ToClient, error) {
	hello := inspect.ToServer{T: "hello", Session: w.in.token}
	w.mu.Lock()
	if w.epoch != "" {
		hello.Resume = &inspect.Resume{Epoch: w.epoch, N: w.n}
	}
	w.mu.Unlock()
	b, err := json.Marshal(hello)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, err, "encode hello")
	}
	if err := c.write(ws.NewTextFrame(b)); err != nil {
		return nil, errs.Wrap(errs.NoServer, err, "the server hung up")
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	f, err := c.read()
	_ = c.SetReadDeadline(time.Time{})
	switch {
	case err != nil:
		return nil, errs.Wrap(errs.NoServer, err, "the server hung up")
	case f.T == "bye":
		return nil, errs.New(errs.Code(f.Reason), "The server refused the socket.")
	case f.T != "welcome":
		return nil, malformed("%q instead of welcome", f.T)
	}
	return f, nil
}

// read takes frames until the connection ends.
func (w *Watch) read(c *watchConn) error {
	acks := time.AfterFunc(time.Hour, func() { w.ack(c) })
	defer acks.Stop()
	for {
		f, err := c.read()
		if err != nil {
			return err
		}
		if f.T == "bye" {
			return errors.New(f.Reason)
		}
		w.mu.Lock()
		if f.N <= w.n {
			w.mu.Unlock()
			continue // had before the connection was lost
		}
		s, server := w.subs[f.ID], w.meta.Instance
		if s != nil {
			s.heard = true
		} else if f.ID != 0 && f.T != "error" {
			w.say(&inspect.ToServer{T: "unsub", ID: f.ID}) // said once, and perhaps lost
		}
		w.mu.Unlock()
		if s != nil {
			s.take(f, server)
		}
		w.mu.Lock()
		w.n = f.N
		late := w.n-w.acked >= inspect.AckEvery
		w.mu.Unlock()
		if late {
			w.ack(c)
		} else {
			acks.Reset(ackAfter)
		}
	}
}

func (w *Watch) ack(c *watchConn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == c && w.n > w.acked {
		w.acked = w.n
		w.say(&inspect.ToServer{T: "ack", N: w.n})
	}
}

// take tells of one frame.
func (s *Subscription) take(f *inspect.ToClient, server string) {
	switch f.T {
	case "error":
		s.w.mu.Lock()
		delete(s.w.subs, s.id)
		s.w.mu.Unlock()
		s.told(Update{Err: errorOf(f.Error)})
	case "snap":
		if s.topic == inspect.TopicHistory || s.topic == inspect.TopicLogs {
			if s.of != server {
				s.of, s.last = server, 0
			}
			s.stream(f.Data, true, nil)
			return
		}
		tree, err := value.ParseJSON(f.Data)
		if err != nil {
			return
		}
		s.tree, s.rev = tree, f.Rev
		u := Update{Fresh: true, Data: tree}
		if f.Total != nil {
			u.Total = *f.Total
		}
		s.told(u)
	case "patch":
		tree, err := inspect.Apply(s.tree, f.Ops)
		if f.From != s.rev || err != nil { // out of step: begin anew
			s.w.mu.Lock()
			s.w.say(s.frame())
			s.w.mu.Unlock()
			return
		}
		s.tree, s.rev = tree, f.Rev
		u := Update{Data: tree, Ops: f.Ops}
		if total, err := inspect.At(tree, "/total"); err == nil {
			n, _ := total.(float64)
			u.Total = int(n)
		}
		s.told(u)
	case "items":
		s.stream(f.Items, false, f.Dropped)
	}
}

// stream tells items. Those of a snap after the first, which repeat what was
// told before the socket was lost, are told if they are newer. (Else all are:
// entries are told when they end but numbered when they begin, so that one may
// come after a later number.)
func (s *Subscription) stream(items json.RawMessage, snap bool, dropped *inspect.Dropped) {
	u := Update{Fresh: snap && !s.began, Dropped: dropped}
	before := s.last
	again := snap && s.began
	s.began = true
	keep := func(seq uint64) bool {
		s.last = max(s.last, seq)
		return !again || seq > before
	}
	var err error
	if len(items) == 0 {
		items = []byte("[]")
	}
	if s.topic == inspect.TopicLogs {
		var list []inspect.Log
		err = json.Unmarshal(items, &list)
		for _, l := range list {
			if keep(l.Seq) {
				u.Logs = append(u.Logs, l)
			}
		}
	} else {
		var list []inspect.Entry
		err = json.Unmarshal(items, &list)
		for _, e := range list {
			if keep(e.Seq) {
				u.Items = append(u.Items, e)
			}
		}
	}
	if err == nil && (u.Fresh || dropped != nil || len(u.Items)+len(u.Logs) > 0) {
		s.told(u)
	}
}

// watchConn is a WebSocket that one goroutine reads and several write.
type watchConn struct {
	net.Conn
	in wsutil.Reader
	mu sync.Mutex
}

func (c *watchConn) write(f ws.Frame) error {
	b, err := ws.CompileFrame(ws.MaskFrame(f))
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.SetWriteDeadline(time.Now().Add(writeWait))
	_, err = c.Conn.Write(b)
	return err
}

// read gives the next frame, answering pings.
func (c *watchConn) read() (*inspect.ToClient, error) {
	for {
		hdr, err := c.in.NextFrame()
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(&c.in, maxBody))
		if err != nil {
			return nil, err
		}
		switch hdr.OpCode {
		case ws.OpPing:
			if err := c.write(ws.NewPongFrame(bytes.Clone(body))); err != nil {
				return nil, err
			}
		case ws.OpClose:
			return nil, io.EOF
		case ws.OpText:
			var f inspect.ToClient
			if err := json.Unmarshal(body, &f); err != nil {
				return nil, malformed("a frame that is no JSON: %.80q", body)
			}
			return &f, nil
		}
	}
}
