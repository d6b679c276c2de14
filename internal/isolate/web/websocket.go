package web

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

const (
	// maxMessage bounds a WebSocket message that comes in, maxQueued what waits to go out.
	maxMessage = 64 << 20
	maxQueued  = 64 << 20
	// closeWait is how long the other end has to answer a close.
	closeWait = 5 * time.Second
)

// websocketNative is what websocket.js needs of Go.
func (p *platform) websocketNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{"connect": p.connectSocket})
}

// socket is a WebSocket client. A goroutine reads, another writes what is
// queued; both end with the connection, which ends with the actor.
type socket struct {
	p      *platform
	task   Task
	ctx    context.Context
	cancel context.CancelFunc
	on     *goja.Object // open, message, close: isolate's goroutine only
	closed bool         // isolate's goroutine only

	mu     sync.Mutex
	wake   *sync.Cond
	conn   io.ReadWriteCloser
	queue  []ws.Frame
	queued int
	over   bool // nothing more may be queued
	sent   bool // a close frame was queued
}

// connectSocket(url, protocols, on) returns {send(data, text), close(code, reason)}.
func (p *platform) connectSocket(c goja.FunctionCall) goja.Value {
	s := &socket{p: p, task: p.h.Task(SocketTask), on: c.Argument(2).ToObject(p.vm)}
	s.wake = sync.NewCond(&s.mu)
	s.ctx, s.cancel = context.WithCancel(s.task.Context())
	url, protocols := c.Argument(0).String(), p.strings(c.Argument(1))
	p.permit(func(err error) {
		if err != nil {
			s.finish(1006, "", false, err)
			return
		}
		go s.run(url, protocols)
	})
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"send": func(c goja.FunctionCall) goja.Value {
			text := c.Argument(1).ToBoolean()
			var b []byte
			op := ws.OpBinary
			if text {
				b, op = []byte(textArg(c.Argument(0))), ws.OpText
			} else {
				b = p.copyArg(c.Argument(0))
			}
			p.permit(func(err error) {
				if err == nil {
					s.push(ws.NewFrame(op, true, b))
				}
			})
			return p.vm.ToValue(len(b))
		},
		"close": func(c goja.FunctionCall) goja.Value {
			code, reason := ws.StatusCode(number(c.Argument(0))), textArg(c.Argument(1))
			p.permit(func(error) { s.close(code, reason) })
			return goja.Undefined()
		},
	})
}

// run is the socket's life after Permit.
func (s *socket) run(url string, protocols []string) {
	conn, protocol, err := s.dial(url, protocols)
	if err != nil {
		s.p.enter(s.task, func() { s.finish(1006, "", false, err) })
		return
	}
	stop := context.AfterFunc(s.ctx, func() { s.shut(); _ = conn.Close() })
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	var writer sync.WaitGroup
	writer.Go(s.write)
	s.p.enter(s.task, func() { s.emit("open", s.p.vm.ToValue(protocol)) })
	code, reason, err := s.read(conn)
	s.push(ws.NewCloseFrame(ws.NewCloseFrameBody(echo(code), "")))
	s.shut()
	writer.Wait()
	_ = conn.Close()
	stop()
	s.p.enter(s.task, func() { s.finish(int(code), reason, err == nil, err) })
}

// echo is the code that answers a close frame's.
func echo(code ws.StatusCode) ws.StatusCode {
	if code == 1005 || code == 1006 {
		return ws.StatusNormalClosure
	}
	return code
}

// dial upgrades through the host's client, so that what fetch may not reach,
// a WebSocket may not either.
func (s *socket) dial(url string, protocols []string) (io.ReadWriteCloser, string, error) {
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, "http"+strings.TrimPrefix(url, "ws"), nil)
	if err != nil {
		return nil, "", err
	}
	var nonce [16]byte
	_, _ = rand.Read(nonce[:])
	key := base64.StdEncoding.EncodeToString(nonce[:])
	for name, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key, "User-Agent": "rivet"} {
		req.Header.Set(name, v)
	}
	if len(protocols) > 0 {
		req.Header.Set("Sec-WebSocket-Protocol", strings.Join(protocols, ", "))
	}
	client := *s.p.h.HTTPClient()
	client.Timeout = 0
	res, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	conn, ok := res.Body.(io.ReadWriteCloser)
	accept := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	protocol := res.Header.Get("Sec-WebSocket-Protocol")
	switch {
	case res.StatusCode != http.StatusSwitchingProtocols || !ok:
		err = fmt.Errorf("the server answered %s", res.Status)
	case res.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(accept[:]):
		err = errors.New("the server's Sec-WebSocket-Accept is wrong")
	case protocol != "" && !contains(protocols, protocol):
		err = errors.New("the server chose a protocol that was not offered")
	default:
		return conn, protocol, nil
	}
	_ = res.Body.Close()
	return nil, "", err
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// read hands over messages until the connection closes. It goes on with the
// next when the actor took the last.
func (s *socket) read(conn io.Reader) (ws.StatusCode, string, error) {
	r := wsutil.Reader{Source: conn, State: ws.StateClientSide, MaxFrameSize: maxMessage}
	r.OnIntermediate = func(h ws.Header, in io.Reader) error { return s.control(h, in) }
	for {
		h, err := r.NextFrame()
		if err != nil {
			return ws.StatusCode(1006), "", err
		}
		if h.OpCode.IsControl() {
			if err := s.control(h, &r); err != nil {
				var closed wsutil.ClosedError
				if errors.As(err, &closed) {
					return closed.Code, closed.Reason, nil
				}
				return ws.StatusCode(1006), "", err
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(&r, maxMessage+1))
		var closed wsutil.ClosedError
		switch {
		case errors.As(err, &closed):
			return closed.Code, closed.Reason, nil
		case err != nil:
			return ws.StatusCode(1006), "", err
		case len(b) > maxMessage:
			s.close(ws.StatusMessageTooBig, "")
			return ws.StatusCode(1006), "", errors.New("a message is larger than 64 MiB")
		case h.OpCode == ws.OpText && !utf8.Valid(b):
			s.close(ws.StatusInvalidFramePayloadData, "")
			return ws.StatusCode(1006), "", errors.New("a text message is no UTF-8")
		}
		s.deliver(b, h.OpCode == ws.OpText)
	}
}

func (s *socket) deliver(b []byte, text bool) {
	taken := make(chan struct{})
	s.p.enter(s.task, func() {
		defer close(taken)
		if text {
			s.emit("message", s.p.vm.ToValue(string(b)))
		} else {
			s.emit("message", s.p.newBuffer(b))
		}
	})
	select {
	case <-taken:
	case <-s.ctx.Done():
	}
}

// control answers a ping; a close comes back as a ClosedError.
func (s *socket) control(h ws.Header, in io.Reader) error {
	b, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	switch h.OpCode {
	case ws.OpPing:
		s.push(ws.NewPongFrame(b))
	case ws.OpClose:
		if len(b) == 0 {
			return wsutil.ClosedError{Code: 1005}
		}
		code, reason := ws.ParseCloseFrameData(b)
		return wsutil.ClosedError{Code: code, Reason: reason}
	}
	return nil
}

// push queues a frame for the writer.
func (s *socket) push(f ws.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.sent {
		return
	}
	if s.queued += len(f.Payload); s.queued > maxQueued {
		s.over = true
		s.cancel()
	}
	s.sent = f.Header.OpCode == ws.OpClose
	s.queue = append(s.queue, f)
	s.wake.Broadcast()
}

// shut ends the writer once the queue is empty.
func (s *socket) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.wake.Broadcast()
}

// close starts the closing handshake.
func (s *socket) close(code ws.StatusCode, reason string) {
	var body []byte
	if code != 0 {
		body = ws.NewCloseFrameBody(code, reason)
	}
	s.push(ws.NewCloseFrame(body))
	s.mu.Lock()
	dialing := s.conn == nil
	s.mu.Unlock()
	if dialing {
		s.cancel()
		return
	}
	s.p.h.AfterFunc(closeWait, s.cancel)
}

// write sends what is queued until shut.
func (s *socket) write() {
	for {
		s.mu.Lock()
		for len(s.queue) == 0 && !s.over {
			s.wake.Wait()
		}
		if len(s.queue) == 0 {
			s.mu.Unlock()
			return
		}
		f := s.queue[0]
		s.queue = s.queue[1:]
		s.queued -= len(f.Payload)
		s.mu.Unlock()
		if err := ws.WriteFrame(s.conn, ws.MaskFrame(f)); err != nil {
			s.shut()
			s.cancel()
			return
		}
	}
}

// emit calls a handler of websocket.js, as a turn of the actor.
func (s *socket) emit(name string, args ...goja.Value) {
	if f, ok := goja.AssertFunction(s.on.Get(name)); ok {
		if _, err := f(goja.Undefined(), args...); err != nil {
			s.p.h.ReportUnhandled(err)
		}
	}
}

// finish reports the end, once.
func (s *socket) finish(code int, reason string, clean bool, err error) {
	if s.closed {
		return
	}
	s.closed = true
	s.cancel()
	msg := ""
	if err != nil {
		msg = err.Error()
	}
	s.emit("close", s.p.vm.ToValue(code), s.p.vm.ToValue(reason), s.p.vm.ToValue(clean), s.p.vm.ToValue(msg))
	s.task.Done()
}
