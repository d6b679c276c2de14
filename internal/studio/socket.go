package studio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/google/uuid"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	helloWait   = 2 * time.Second
	ackWait     = 30 * time.Second
	resumeFor   = time.Minute
	resumeBytes = 8 << 20
	writeWait   = 10 * time.Second
)

// Close codes of the socket beside RFC 6455's.
const (
	closeNoHello  ws.StatusCode = 4408
	closeNoAccess ws.StatusCode = 4401
	closeTryLater ws.StatusCode = 1013
)

// hub has the clients: those that are connected, and those that may come back.
type hub struct {
	s    *Studio
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	sockets int
	clients map[string]*watcher // by epoch
}

func (h *hub) init(s *Studio) {
	h.s, h.clients = s, map[string]*watcher{}
	h.ctx, h.stop = context.WithCancel(context.Background())
}

func (h *hub) close() {
	h.mu.Lock()
	h.stop() // nobody is added after this
	h.mu.Unlock()
	h.wg.Wait()
}

// poke has every client look whether something changed.
func (h *hub) poke() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.clients {
		w.poke()
	}
}

// socket is GET /ws.
func (s *Studio) socket(q *request) error {
	h := &s.hub
	h.mu.Lock()
	full, over := h.sockets >= inspect.MaxSockets, h.ctx.Err() != nil
	if !full && !over {
		h.sockets++
		h.wg.Add(1)
	}
	h.mu.Unlock()
	if over {
		return coded(http.StatusServiceUnavailable, errs.ShuttingDown, "The server is shutting down.")
	}
	if full {
		return coded(http.StatusServiceUnavailable, errs.ServerOverloaded, "%d sockets are open; no more are taken.", inspect.MaxSockets)
	}
	defer func() {
		h.mu.Lock()
		h.sockets--
		h.mu.Unlock()
		h.wg.Done()
	}()
	up := ws.HTTPUpgrader{Timeout: writeWait, Protocol: func(p string) bool { return p == inspect.Subprotocol }}
	conn, rw, hs, err := up.Upgrade(q.Request, q.ResponseWriter)
	if err != nil {
		return nil //nolint:nilerr // the upgrader has answered
	}
	defer conn.Close()
	c := &wire{conn: conn}
	if hs.Protocol != inspect.Subprotocol {
		c.close(ws.StatusProtocolError, "want the subprotocol "+inspect.Subprotocol)
		return nil
	}
	c.in = wsutil.Reader{Source: rw.Reader, State: ws.StateServerSide, CheckUTF8: true, MaxFrameSize: inspect.MaxFrameIn}
	stop := context.AfterFunc(h.ctx, func() {
		_ = c.send(mustFrame(&inspect.ToClient{T: "bye", Reason: "the server is shutting down"}))
		c.close(ws.StatusGoingAway, "")
	})
	defer stop()
	h.serve(c, address(q.Request))
	return nil
}

// wire is a WebSocket that one goroutine reads and several write.
type wire struct {
	conn net.Conn
	in   wsutil.Reader

	mu     sync.Mutex
	closed bool
}

func (c *wire) send(text []byte) error {
	return c.write(ws.NewTextFrame(text))
}

func (c *wire) write(f ws.Frame) error {
	b, err := ws.CompileFrame(f)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeWait))
	_, err = c.conn.Write(b)
	return err
}

// close ends the socket with a code; what comes in after is not read.
func (c *wire) close(code ws.StatusCode, reason string) {
	_ = c.write(ws.NewCloseFrame(ws.NewCloseFrameBody(code, reason)))
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	_ = c.conn.SetReadDeadline(time.Now().Add(time.Second)) // for the client's own close frame
}

var errTooLong = errors.New("the frame is too long")

// receive reads one message, answering pings.
func (c *wire) receive(into *inspect.ToServer) error {
	for {
		hdr, err := c.in.NextFrame()
		if err != nil {
			if errors.Is(err, wsutil.ErrFrameTooLarge) {
				return errTooLong
			}
			return err
		}
		if hdr.OpCode.IsControl() {
			if err := c.control(hdr); err != nil {
				return err
			}
			continue
		}
		var b bytes.Buffer
		n, err := b.ReadFrom(&limited{&c.in, inspect.MaxFrameIn})
		if err != nil {
			return err
		}
		if n > inspect.MaxFrameIn {
			return errTooLong
		}
		*into = inspect.ToServer{}
		return json.Unmarshal(b.Bytes(), into)
	}
}

func (c *wire) control(hdr ws.Header) error {
	payload := make([]byte, hdr.Length)
	if _, err := readFull(&c.in, payload); err != nil {
		return err
	}
	switch hdr.OpCode {
	case ws.OpPing:
		return c.write(ws.NewPongFrame(payload))
	case ws.OpClose:
		_ = c.write(ws.NewCloseFrame(payload))
		return net.ErrClosed
	}
	return nil
}

// limited reads at most one byte more than n.
type limited struct {
	r *wsutil.Reader
	n int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.n < 0 {
		return 0, errTooLong
	}
	if len(p) > l.n+1 {
		p = p[:l.n+1]
	}
	n, err := l.r.Read(p)
	l.n -= n
	return n, err
}

func readFull(r *wsutil.Reader, p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		if err != nil && n < len(p) {
			return n, err
		}
	}
	return n, nil
}

func mustFrame(f *inspect.ToClient) []byte {
	b, err := encode(f)
	if err != nil {
		panic("studio: a frame always encodes: " + err.Error())
	}
	return b
}

// serve talks to one socket until it ends.
func (h *hub) serve(c *wire, from string) {
	_ = c.conn.SetReadDeadline(time.Now().Add(helloWait))
	var f inspect.ToServer
	if err := c.receive(&f); err != nil || f.T != "hello" {
		c.close(closeNoHello, "want hello first")
		return
	}
	_ = c.conn.SetReadDeadline(time.Time{})
	a, err := h.s.door.identify(f.Session, from)
	if err != nil {
		_, body := h.s.failure(err)
		_ = c.send(mustFrame(&inspect.ToClient{T: "bye", Reason: body.Error.Code}))
		c.close(closeNoAccess, body.Error.Code)
		return
	}
	w := h.welcome(c, a, f.Resume)
	if w == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.run(c)
	}()
	for {
		if err := c.receive(&f); err != nil {
			if errors.Is(err, errTooLong) {
				c.close(ws.StatusMessageTooBig, "a frame has at most 64 KiB")
			}
			break
		}
		w.hear(&f)
	}
	w.detach(c)
	_ = c.conn.Close()
	<-done
}

// welcome makes a client, or finds the one that comes back.
func (h *hub) welcome(c *wire, a access, r *inspect.Resume) *watcher {
	h.mu.Lock()
	for epoch, w := range h.clients {
		if w.forgotten() {
			delete(h.clients, epoch)
		}
	}
	var w *watcher
	if r != nil {
		w = h.clients[r.Epoch]
	}
	h.mu.Unlock()
	if w != nil && w.access == a {
		if again, ok := w.attach(c, r.N); ok {
			first := mustFrame(&inspect.ToClient{T: "welcome", Epoch: w.epoch, N: r.N, Resumed: true, Meta: h.s.metaFor(a)})
			if c.send(first) != nil {
				return w
			}
			for _, b := range again {
				if c.send(b) != nil {
					break
				}
			}
			return w
		}
	}
	w = &watcher{s: h.s, epoch: uuid.NewString(), access: a, wake: make(chan struct{}, 1), subs: map[int]*sub{}, hz: 20}
	w.attach(c, 0)
	h.mu.Lock()
	h.clients[w.epoch] = w
	h.mu.Unlock()
	_ = c.send(mustFrame(&inspect.ToClient{T: "welcome", Epoch: w.epoch, Meta: h.s.metaFor(a)}))
	return w
}
