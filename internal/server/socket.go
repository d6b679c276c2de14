package server

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/errs"
)

// socket is an open WebSocket. Its run method is its reader; the writer is a
// goroutine that exists while something waits to be written.
type socket struct {
	s    *Server
	conn net.Conn
	out  outbox
	in   frameReader

	limit   int // bytes of a message
	tooLong closing
	beatMsg []byte // what a heartbeat sends

	// message is told of each message, by the reader; what it returns, if it
	// has a code, ends the connection. data holds until it returns.
	message func(op ws.OpCode, data []byte) closing
	// gone is told, once, that the client is no longer there.
	gone func(code int, reason string)

	silent  atomic.Int32 // heartbeats since the client was last heard
	paused  atomic.Int32 // not being read now, so silence means nothing
	closing atomic.Bool  // a close frame was sent or is on its way
	over    chan struct{}
	once    sync.Once
}

// closing is why a connection ends; code 0: it doesn't.
type closing struct {
	code   int
	reason string
}

// tryAgainLater is the close code for a client that reads too slowly.
const tryAgainLater = 1013

var pingFrame = []byte{0x80 | byte(ws.OpPing), 0}

func (s *Server) newSocket() *socket {
	k := &socket{s: s, over: make(chan struct{}), beatMsg: pingFrame}
	k.out.init(s.limits(), func() { go k.flush() })
	return k
}

// open gives the socket its hijacked connection and what was read of it already.
func (k *socket) open(conn net.Conn, ahead []byte) {
	k.conn = conn
	k.in.src = conn
	if len(ahead) > 0 {
		k.in.buf, k.in.w = ahead, len(ahead)
	}
}

// run reads until the end, then closes and counts the socket out.
func (k *socket) run() {
	defer k.s.sockets.remove(k)
	defer k.conn.Close()
	end, synced := k.guardedRead()
	func() {
		defer k.rescue()
		k.gone(end.code, end.reason)
	}()
	k.finish()
	_ = k.conn.SetDeadline(time.Now().Add(k.s.o.CloseWait))
	k.out.waitIdle()
	if !synced {
		k.linger()
	}
}

// guardedRead is read; after a panic the client counts as lost.
func (k *socket) guardedRead() (end closing, synced bool) {
	defer k.rescue()
	end = closing{code: int(ws.StatusAbnormalClosure)} // what a panic leaves
	return k.read()
}

// rescue keeps a panic from ending more than its socket.
func (k *socket) rescue() {
	if p := recover(); p != nil {
		k.s.log.Error("panic on a WebSocket", "panic", p, "stack", string(debug.Stack()))
		k.shut(int(ws.StatusInternalServerError), string(errs.Internal))
	}
}

// linger lets the client read what it was told before the connection is
// closed: closing with unread input would reset it.
func (k *socket) linger() {
	if c, ok := k.conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(k.conn, 1<<20))
	}
}

// read handles frames until the client has gone. synced is false if the end of
// its stream wasn't seen.
func (k *socket) read() (end closing, synced bool) {
	lost := closing{code: int(ws.StatusAbnormalClosure)}
	state := ws.StateServerSide
	var op ws.OpCode
	var parts []byte // of a fragmented message
	for {
		limit := k.limit - len(parts)
		if k.closing.Load() {
			limit, parts = 0, nil
		}
		h, payload, err := k.in.next(state, limit)
		var broken ws.ProtocolError
		switch {
		case errors.As(err, &broken):
			k.shut(int(ws.StatusProtocolError), string(broken))
			return lost, false
		case errors.Is(err, errTooLong):
			k.shut(k.tooLong.code, k.tooLong.reason) // once: later ones are skipped
			parts = nil
		case err != nil:
			return lost, true
		}
		k.silent.Store(0)
		if h.OpCode.IsControl() {
			if end := k.control(h, payload); end.code != 0 {
				return end, true
			}
			continue
		}
		state = state.Clear(ws.StateFragmented)
		if h.OpCode != ws.OpContinuation {
			op = h.OpCode
		}
		if !h.Fin {
			state = state.Set(ws.StateFragmented)
			parts = append(parts, payload...)
			continue
		}
		if parts != nil {
			payload, parts = append(parts, payload...), nil
		}
		if !k.closing.Load() {
			k.deliver(op, payload)
		}
	}
}

func (k *socket) deliver(op ws.OpCode, data []byte) {
	if op == ws.OpText && !utf8.Valid(data) {
		k.shut(int(ws.StatusInvalidFramePayloadData), "text is not UTF-8")
		return
	}
	if c := k.message(op, data); c.code != 0 {
		k.shut(c.code, c.reason)
	}
}

// control answers a control frame; a code ends the connection.
func (k *socket) control(h ws.Header, payload []byte) closing {
	switch h.OpCode {
	case ws.OpPing:
		k.push(func(dst []byte) ([]byte, error) {
			start := len(dst)
			return endFrame(append(beginFrame(dst, ws.OpPong), payload...), start), nil
		})
	case ws.OpClose:
		end, echo := closing{code: int(ws.StatusNoStatusRcvd)}, closing{code: int(ws.StatusNoStatusRcvd)}
		if len(payload) > 0 {
			end = closing{code: int(ws.StatusProtocolError)}
			if len(payload) > 1 {
				end = closing{int(binary.BigEndian.Uint16(payload)), string(payload[2:])}
				if err := ws.CheckCloseFrameData(ws.StatusCode(end.code), end.reason); err != nil {
					end = closing{int(ws.StatusProtocolError), err.Error()}
				}
			}
			echo = end
		}
		k.shut(echo.code, echo.reason)
		return end
	}
	return closing{}
}

// push queues one frame.
func (k *socket) push(frame func(dst []byte) ([]byte, error)) error {
	return k.queued(k.out.put(frame))
}

func (k *socket) queued(err error) error {
	if errors.Is(err, errOutboxFull) {
		k.shut(tryAgainLater, errOutboxFull.Error())
		_ = k.conn.SetWriteDeadline(time.Now().Add(k.s.o.CloseWait))
	}
	return err
}

// shut sends a close frame after what waits and leaves the client a moment to
// answer. The first call counts. It doesn't block.
func (k *socket) shut(code int, reason string) {
	if k.closing.Swap(true) {
		return
	}
	k.out.last(func(dst []byte) ([]byte, error) { return appendClose(dst, code, reason), nil })
	_ = k.conn.SetReadDeadline(time.Now().Add(k.s.o.CloseWait))
	k.finish()
}

// finish wakes a reader that waits for something other than its client.
func (k *socket) finish() { k.once.Do(func() { close(k.over) }) }

// cut ends the socket without a word.
func (k *socket) cut() {
	k.closing.Store(true)
	k.finish()
	k.out.mu.Lock()
	k.out.closed = true
	k.out.moved.Broadcast()
	k.out.mu.Unlock()
	_ = k.conn.Close()
}

// beat sends a ping, and drops a client that has been silent for two of them.
func (k *socket) beat() {
	if k.paused.Load() == 0 && k.silent.Add(1) > 2 {
		k.cut()
		return
	}
	if !k.closing.Load() {
		_ = k.queued(k.out.share(k.beatMsg))
	}
}

// flush is the writer.
func (k *socket) flush() {
	runtime.Gosched() // let whoever speaks finish its sentence, so that one write takes it all
	for {
		b, ok := k.out.take()
		if !ok {
			return
		}
		err := b.writeTo(k.conn)
		k.out.wrote(b, err)
		if err != nil {
			_ = k.conn.Close() // so the reader ends
			k.finish()
		}
	}
}

// wait pauses reading until ch is closed; false: the connection ended first.
func (k *socket) wait(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
	}
	k.paused.Add(1)
	defer k.paused.Add(-1)
	defer k.silent.Store(0)
	select {
	case <-ch:
		return true
	case <-k.over:
		return false
	}
}
