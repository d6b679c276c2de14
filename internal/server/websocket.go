package server

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// The slots of actor.Event.Encoded.
const (
	slotJSON = iota
	slotCBOR
	slotSSE
	slotSSECBOR
)

// connection is a client's realtime connection over a WebSocket: the actor's Peer.
type connection struct {
	*socket
	enc    v0.Encoding
	server bool
	link   actor.Link // set before the first message is read

	mu       sync.Mutex
	inFlight int
	ended    bool          // nobody waits for the answers that are still due
	room     chan struct{} // closed when fewer are in flight; nil: nobody waits
}

// websocket answers GET /actors/connect/websocket.
func (s *Server) websocket(w http.ResponseWriter, r *http.Request) {
	if !upgradeAsked(r) {
		w.WriteHeader(http.StatusOK)
		return
	}
	offer := v0.ParseOffer(r.Header["Sec-Websocket-Protocol"])
	server := s.identify(r)
	k := &connection{socket: s.newSocket(), enc: offer.Encoding, server: server}
	k.message, k.gone = k.receive, k.left
	k.tooLong = closing{int(ws.StatusInternalServerError), string(errs.MessageTooLong)}
	if k.limit = s.limits().message(server); k.enc == v0.JSON {
		k.limit *= 3 // in bytes; what counts are UTF-16 units
	}
	if offer.Heartbeat {
		k.beatMsg = bytes.Clone(pingFrame)
		start := len(k.beatMsg)
		k.beatMsg = endFrame(v0.AppendHeartbeat(beginFrame(k.beatMsg, k.op()), k.enc), start)
	}
	if s.accept(k.socket, w, r, offer.Selected, offer.Encoding, server) {
		go k.serve(r, offer)
	}
}

// accept upgrades and counts k in: then the caller owes its run. Otherwise the
// request was answered.
func (s *Server) accept(k *socket, w http.ResponseWriter, r *http.Request, subprotocol string, enc v0.Encoding, server bool) bool {
	if err := s.sockets.room(); err != nil {
		s.fail(w, r, enc, err, server)
		return false
	}
	if !k.upgrade(w, r, subprotocol) {
		return false
	}
	if err := s.sockets.add(k); err != nil { // full since room was asked
		_ = k.conn.Close()
		return false
	}
	return true
}

// serve sets the connection up and reads it to its end.
func (k *connection) serve(r *http.Request, offer v0.Offer) {
	k.connect(r, offer)
	k.run()
}

// connect asks for admission and opens the link. What goes wrong is told to
// the client, in a frame only where the protocol has one.
func (k *connection) connect(r *http.Request, offer v0.Offer) {
	defer k.socket.rescue()
	query, params, err := offer.Request()
	if err != nil {
		k.shut(int(ws.StatusInternalServerError), string(errs.CodeOf(err)))
		return
	}
	ctx, cancel := context.WithCancel(k.s.ctx)
	defer cancel()
	q := queryOf(query)
	caller, err := k.s.admit(ctx, r, visit{query: q, params: params, server: k.server, intent: actor.IntentConnect})
	if err == nil {
		caller.Transport = actor.WebSocket
		k.link, err = k.s.o.Actors.Connect(ctx, actor.ConnectSpec{Query: q, Caller: caller}, k)
	}
	if err != nil {
		k.Close(int(ws.StatusInternalServerError), "", err)
	}
}

func (k *connection) op() ws.OpCode {
	if k.enc == v0.CBOR {
		return ws.OpBinary
	}
	return ws.OpText
}

// Init tells the client that it is connected.
func (k *connection) Init(id actor.ID, conn actor.ConnID, token string) {
	_ = k.push(func(dst []byte) ([]byte, error) {
		start := len(dst)
		return endFrame(v0.AppendInit(beginFrame(dst, k.op()), k.enc, string(id), string(conn), token), start), nil
	})
}

// Event sends an event, whose frame all connections of this encoding share.
func (k *connection) Event(e *actor.Event) {
	slot, encode := slotJSON, eventJSON
	if k.enc == v0.CBOR {
		slot, encode = slotCBOR, eventCBOR
	}
	frame, err := e.Encoded(slot, encode)
	if err != nil {
		k.s.log.Warn("an event can't be sent", "event", e.Name, "encoding", k.enc.String(), "error", err)
		return
	}
	_ = k.queued(k.out.share(frame))
}

func eventJSON(e *actor.Event) ([]byte, error) {
	dst, err := v0.AppendEvent(beginFrame(nil, ws.OpText), v0.JSON, e.Name, e.Args)
	return endFrame(dst, 0), err
}

func eventCBOR(e *actor.Event) ([]byte, error) {
	dst, err := v0.AppendEvent(beginFrame(nil, ws.OpBinary), v0.CBOR, e.Name, e.Args)
	return endFrame(dst, 0), err
}

// Close ends the connection from the server's side.
func (k *connection) Close(code int, reason string, err error) {
	if err != nil {
		body, _ := v0.Mask(err, k.server)
		if code == int(ws.StatusInternalServerError) {
			reason = body.Code
		}
		k.s.logMasked(err, "WebSocket", "/actors/connect/websocket")
		_ = k.tell(body, nil)
	}
	k.shut(code, reason)
}

func (k *connection) tell(body v0.ErrorBody, action *int64) error {
	return k.push(func(dst []byte) ([]byte, error) {
		start := len(dst)
		return endFrame(v0.AppendError(beginFrame(dst, k.op()), k.enc, body, action), start), nil
	})
}

// receive handles one message.
func (k *connection) receive(op ws.OpCode, data []byte) closing {
	if op != k.op() {
		return closing{int(ws.StatusInternalServerError), string(errs.MalformedMessage)}
	}
	if limit := k.s.limits().message(k.server); k.enc == v0.JSON && len(data) > limit && v0.UTF16Len(data) > limit {
		return k.tooLong
	}
	m, err := v0.ParseToServer(k.enc, data) // keeps nothing of data
	if err != nil {
		k.s.log.Debug("message refused", "error", err)
		return closing{int(ws.StatusInternalServerError), string(errs.CodeOf(err))}
	}
	if !m.IsAction {
		k.link.Subscribe(m.Name, m.On)
		return closing{}
	}
	if k.waitForRoom() {
		k.act(m)
	}
	return closing{}
}

// waitForRoom pauses reading while the actor, the client's own queue or the
// number of its calls in flight say so; false: the connection ended.
func (k *connection) waitForRoom() bool {
	if !k.out.calm() {
		k.paused.Add(1)
		k.out.waitCalm()
		k.silent.Store(0)
		k.paused.Add(-1)
	}
	for {
		k.mu.Lock()
		if k.inFlight < k.s.limits().InFlight {
			k.inFlight++
			k.mu.Unlock()
			break
		}
		if k.room == nil {
			k.room = make(chan struct{})
		}
		room := k.room
		k.mu.Unlock()
		if !k.wait(room) {
			return false
		}
	}
	if !k.wait(k.link.Room()) {
		k.answered()
		return false
	}
	return true
}

// answered counts one call in flight less; false: it was no longer counted.
func (k *connection) answered() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return false
	}
	k.inFlight--
	if k.room != nil {
		close(k.room)
		k.room = nil
	}
	return true
}

func (k *connection) act(m v0.ToServer) {
	id := m.ID
	if err := k.s.begin(); err != nil {
		k.answered()
		body, _ := v0.Mask(err, k.server)
		_ = k.tell(body, &id)
		return
	}
	k.link.Act(m.Name, m.Args, func(out value.Value, err error) { k.reply(id, out, err) })
}

// reply answers an action; it is called by the engine and doesn't block.
func (k *connection) reply(id int64, out value.Value, err error) {
	if !k.answered() {
		return
	}
	k.s.end()
	if err == nil {
		err = k.push(func(dst []byte) ([]byte, error) {
			start := len(dst)
			dst, err := v0.AppendResult(beginFrame(dst, k.op()), k.enc, id, out)
			if err != nil {
				return dst, errs.Wrap(errs.Internal, err, "the output can't be sent as %s", k.enc)
			}
			return endFrame(dst, start), nil
		})
		if !errs.Is(err, errs.Internal) || err == errOutboxFull || err == errOutboxClosed {
			return
		}
	}
	k.s.logMasked(err, "WebSocket", "action")
	body, _ := v0.Mask(err, k.server)
	_ = k.tell(body, &id)
}

// left tells the actor that the client has gone.
func (k *connection) left(int, string) {
	k.mu.Lock()
	waiting := k.inFlight
	if !k.ended {
		k.ended = true
		k.s.waiting.Add(-int64(waiting))
	}
	k.mu.Unlock()
	if k.link != nil {
		k.link.Close()
	}
}
