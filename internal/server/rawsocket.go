package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// rawSocket is a WebSocket whose messages are the actor's own business.
type rawSocket struct {
	*socket
	protocol string

	start   sync.Once
	started chan struct{}
	receive func(data []byte, binary bool)
	closed  func(code int, reason string)
}

var _ actor.RawSocket = (*rawSocket)(nil)

// rawWebSocket answers GET /actors/raw/websocket/… and its other spellings.
func (s *Server) rawWebSocket(w http.ResponseWriter, r *http.Request, path string) {
	if !upgradeAsked(r) {
		w.WriteHeader(http.StatusOK)
		return
	}
	offer := v0.ParseOffer(r.Header["Sec-Websocket-Protocol"])
	server := s.identify(r)
	k := &rawSocket{socket: s.newSocket(), started: make(chan struct{})}
	if len(offer.User) > 0 {
		k.protocol = offer.User[0]
	}
	k.limit = s.limits().RawMessage
	k.tooLong = closing{int(ws.StatusMessageTooBig), "message too long"}
	k.message, k.gone = k.deliver, k.left
	if s.accept(k.socket, w, r, offer.Selected, v0.JSON, server) {
		go k.serve(r, path, offer, server)
	}
}

// serve hands the socket over, and reads it from when the actor listens.
func (k *rawSocket) serve(r *http.Request, path string, offer v0.Offer, server bool) {
	k.s.sockets.wg.Add(1) // besides run's own
	defer k.s.sockets.wg.Done()
	ctx, cancel := context.WithCancel(k.s.ctx)
	defer cancel()
	handed := make(chan struct{})
	go func() {
		defer close(handed)
		defer k.socket.rescue()
		if err := k.s.rawSetup(ctx, r, path, offer, server, k); err != nil {
			body, _ := v0.Mask(err, server)
			k.s.logMasked(err, "WebSocket", r.URL.Path)
			k.shut(int(ws.StatusInternalServerError), body.Code)
		}
	}()
	k.paused.Add(1)
	select {
	case <-k.started:
	case <-k.over:
	}
	k.paused.Add(-1)
	k.run()
	cancel()
	<-handed
}

// Receive begins the reading: message and closed are called by one goroutine.
func (k *rawSocket) Receive(message func(data []byte, binary bool), closed func(code int, reason string)) {
	k.start.Do(func() {
		k.receive, k.closed = message, closed
		close(k.started)
	})
}

func (k *rawSocket) deliver(op ws.OpCode, data []byte) closing {
	k.receive(bytes.Clone(data), op == ws.OpBinary)
	return closing{}
}

func (k *rawSocket) left(code int, reason string) {
	select {
	case <-k.started:
	default:
		return // nobody listened
	}
	if k.closed != nil {
		k.closed(code, reason)
		k.closed = nil
	}
}

// Send queues one message; it doesn't block.
func (k *rawSocket) Send(data []byte, binary bool) error {
	op := ws.OpText
	if binary {
		op = ws.OpBinary
	}
	err := k.push(func(dst []byte) ([]byte, error) {
		start := len(dst)
		return endFrame(append(beginFrame(dst, op), data...), start), nil
	})
	if err != nil {
		return errors.New("the WebSocket is closed")
	}
	return nil
}

// Close says goodbye; it doesn't block.
func (k *rawSocket) Close(code int, reason string) {
	if code == 0 {
		code = int(ws.StatusNormalClosure)
	}
	k.shut(code, reason)
}

// Protocol is the first subprotocol of the client's own, "" for none.
func (k *rawSocket) Protocol() string { return k.protocol }
