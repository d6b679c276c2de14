package server

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// stream is the server's half of a connection over SSE: the actor's Peer. The
// handler of its request is its writer.
type stream struct {
	s      *Server
	enc    v0.Encoding
	server bool
	out    outbox
	link   actor.Link
	rc     *http.ResponseController

	ready   chan struct{} // something is to be written
	closing atomic.Bool

	mu    sync.Mutex
	ended bool // the HTTP connection is no longer ours
}

// sse answers GET /actors/connect/sse.
func (s *Server) sse(w http.ResponseWriter, r *http.Request) {
	enc, _, encOK := encodingOf(r)
	server := s.identify(r)
	if lacks(w, r, v0.NameQuery, v0.NameEncoding) {
		return
	}
	k := &stream{s: s, enc: enc, server: server, ready: make(chan struct{}, 1), rc: http.NewResponseController(w)}
	k.out.init(s.limits(), k.signal)
	if err := s.sockets.add(k); err != nil {
		s.fail(w, r, enc, err, server)
		return
	}
	defer s.sockets.remove(k)
	defer k.release()
	h := w.Header()
	h["Content-Type"] = []string{"text/event-stream"}
	h["Cache-Control"] = []string{"no-cache"}
	h["X-Accel-Buffering"] = []string{"no"} // or nginx holds events back
	w.WriteHeader(http.StatusOK)
	if !encOK {
		_, _ = w.Write([]byte("event: error\ndata: " + string(errs.InvalidEncoding) + "\n\n"))
		return
	}
	if err := k.connect(r); err != nil {
		k.Close(int(ws.StatusInternalServerError), "", err)
	}
	defer k.leave()
	k.pump(w, r)
}

func (k *stream) connect(r *http.Request) error {
	text, _ := queryHeader(r)
	query, err := v0.ParseQuery(text)
	if err != nil {
		return err
	}
	text, ok := header(r, v0.HeaderParams)
	params, err := v0.ParseParams(text, ok)
	if err != nil {
		return err
	}
	q := queryOf(query)
	caller, err := k.s.admit(r.Context(), r, visit{query: q, params: params, server: k.server, intent: actor.IntentConnect})
	if err != nil {
		return err
	}
	caller.Transport = actor.SSE
	link, err := k.s.o.Actors.Connect(r.Context(), actor.ConnectSpec{Query: q, Caller: caller}, k)
	if err != nil {
		return err
	}
	k.link = link
	k.s.sockets.mu.Lock()
	k.s.sockets.streams[link.ID()] = k
	k.s.sockets.mu.Unlock()
	return nil
}

// leave tells the actor that the client has gone.
func (k *stream) leave() {
	if k.link == nil {
		return
	}
	k.s.sockets.mu.Lock()
	delete(k.s.sockets.streams, k.link.ID())
	k.s.sockets.mu.Unlock()
	k.link.Close()
}

// pump writes until the client or the server has had enough.
func (k *stream) pump(w http.ResponseWriter, r *http.Request) {
	for {
		select {
		case <-k.ready:
		case <-r.Context().Done():
			k.cut()
			return
		}
		for {
			b, ok := k.out.take()
			if !ok {
				break
			}
			err := b.writeTo(w)
			if err == nil {
				err = k.rc.Flush()
			}
			k.out.wrote(b, err)
			if err != nil {
				return
			}
		}
		if k.closing.Load() {
			return
		}
	}
}

func (k *stream) signal() {
	select {
	case k.ready <- struct{}{}:
	default:
	}
}

// push queues one payload as an event of the stream.
func (k *stream) push(payload func(dst []byte) ([]byte, error)) error {
	return k.queued(k.out.put(func(dst []byte) ([]byte, error) { return appendSSE(dst, k.enc, payload) }))
}

// appendSSE appends one event of a stream; CBOR travels as base64.
func appendSSE(dst []byte, enc v0.Encoding, payload func(dst []byte) ([]byte, error)) ([]byte, error) {
	start := len(dst)
	dst = append(dst, "data: "...)
	var err error
	if enc == v0.CBOR {
		buf := getBuffer()
		if *buf, err = payload(*buf); err == nil {
			dst = base64.StdEncoding.AppendEncode(dst, *buf)
		}
		putBuffer(buf)
	} else {
		dst, err = payload(dst)
	}
	if err != nil {
		return dst[:start], err
	}
	return append(dst, "\n\n"...), nil
}

func (k *stream) queued(err error) error {
	if err == errOutboxFull {
		k.cut()
	}
	return err
}

// Init tells the client that it is connected.
func (k *stream) Init(id actor.ID, conn actor.ConnID, token string) {
	_ = k.push(func(dst []byte) ([]byte, error) {
		return v0.AppendInit(dst, k.enc, string(id), string(conn), token), nil
	})
}

// Event sends an event, whose text all streams of this encoding share.
func (k *stream) Event(e *actor.Event) {
	slot := slotSSE
	if k.enc == v0.CBOR {
		slot = slotSSECBOR
	}
	text, err := e.Encoded(slot, func(e *actor.Event) ([]byte, error) {
		return appendSSE(nil, k.enc, func(dst []byte) ([]byte, error) { return v0.AppendEvent(dst, k.enc, e.Name, e.Args) })
	})
	if err != nil {
		k.s.log.Warn("an event can't be sent", "event", e.Name, "encoding", k.enc.String(), "error", err)
		return
	}
	_ = k.queued(k.out.share(text))
}

// Close ends the stream, after an error event if there is an error.
func (k *stream) Close(code int, reason string, err error) {
	if err != nil {
		k.s.logMasked(err, http.MethodGet, "/actors/connect/sse")
		body, _ := v0.Mask(err, k.server)
		if code == int(ws.StatusInternalServerError) {
			reason = body.Code
		}
		_ = k.tell(body, nil)
	}
	k.shut(code, reason)
}

func (k *stream) tell(body v0.ErrorBody, action *int64) error {
	return k.push(func(dst []byte) ([]byte, error) { return v0.AppendError(dst, k.enc, body, action), nil })
}

// shut ends the stream once all that waits is written, and an event that says
// why; code 0: without one. The first call counts.
func (k *stream) shut(code int, reason string) {
	k.out.last(func(dst []byte) ([]byte, error) {
		if code == 0 {
			return dst, nil
		}
		return v0.AppendCloseEvent(dst, code, cutReason(reason)), nil
	})
	k.closing.Store(true)
	k.signal()
	k.deadline(k.s.o.CloseWait)
}

// deadline bounds writing from now on, as long as the response is ours.
func (k *stream) deadline(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.ended {
		_ = k.rc.SetWriteDeadline(time.Now().Add(d))
	}
}

// release gives the HTTP connection back as it was: it may serve more requests.
func (k *stream) release() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ended = true
	_ = k.rc.SetWriteDeadline(time.Time{})
}

// cut ends the stream at once.
func (k *stream) cut() {
	k.shut(0, "")
	k.deadline(0)
}

// beat writes a comment, which keeps proxies awake and finds dead clients.
func (k *stream) beat() { _ = k.queued(k.out.share([]byte(": \n\n"))) }

// message answers POST /actors/message: one message of a stream's client.
func (s *Server) message(w http.ResponseWriter, r *http.Request) {
	enc, encName, encOK := encodingOf(r)
	server := s.identify(r)
	if lacks(w, r, v0.NameEncoding, v0.NameActor, v0.NameConn, v0.NameConnToken) {
		return
	}
	var err error
	if !encOK {
		err = v0.InvalidEncoding(encName)
	} else if err = s.begin(); err == nil {
		err = s.hear(r, enc, server)
		s.end()
	}
	if err != nil {
		s.fail(w, r, enc, err, server)
		return
	}
	answer(w, http.StatusOK, typeJSON, []byte("{}"))
}

func (s *Server) hear(r *http.Request, enc v0.Encoding, server bool) error {
	k, err := s.streamOf(r)
	if err != nil {
		return err
	}
	buf := getBuffer()
	*buf, err = readBody(*buf, r, s.limits().message(server))
	var m v0.ToServer
	if err == nil {
		m, err = v0.ParseMessage(enc, *buf) // keeps nothing of buf
	}
	putBuffer(buf)
	if err != nil {
		return err
	}
	if !m.IsAction {
		k.link.Subscribe(m.Name, m.On)
		return nil
	}
	select {
	case <-k.link.Room():
	case <-r.Context().Done():
		return r.Context().Err()
	case <-s.ctx.Done():
		return shuttingDown()
	}
	k.link.Act(m.Name, m.Args, func(out value.Value, err error) { k.reply(m.ID, out, err) })
	return nil
}

// streamOf finds the stream that a message is for, and checks its token.
func (s *Server) streamOf(r *http.Request) (*stream, error) {
	id, _ := header(r, v0.HeaderConn)
	actorID, _ := header(r, v0.HeaderActor)
	token, _ := header(r, v0.HeaderConnToken)
	s.sockets.mu.Lock()
	k := s.sockets.streams[actor.ConnID(id)]
	s.sockets.mu.Unlock()
	if k == nil || string(k.link.ActorID()) != actorID {
		if _, err := s.o.Actors.Lookup(r.Context(), actor.ID(actorID)); errs.Is(err, errs.ActorNotFound) {
			return nil, errs.Wrap(errs.Internal, err, "message for an actor that doesn't exist")
		}
		return nil, errs.New(errs.ConnNotFound, "Connection not found for ID: %s", id)
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(k.link.Token())) != 1 {
		return nil, errs.New(errs.IncorrectConnToken, "Incorrect connection token.")
	}
	return k, nil
}

// reply answers an action on the stream.
func (k *stream) reply(id int64, out value.Value, err error) {
	if err == nil {
		err = k.push(func(dst []byte) ([]byte, error) { return v0.AppendResult(dst, k.enc, id, out) })
		if err == nil || err == errOutboxFull || err == errOutboxClosed {
			return
		}
		err = errs.Wrap(errs.Internal, err, "the output can't be sent as %s", k.enc)
	}
	k.s.logMasked(err, http.MethodPost, "/actors/message")
	body, _ := v0.Mask(err, k.server)
	_ = k.tell(body, &id)
}
