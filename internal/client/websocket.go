package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// writeWait bounds how long one frame may take to leave.
const writeWait = 10 * time.Second

// socket is a WebSocket as a wire.
type socket struct {
	conn     net.Conn
	r        io.Reader
	encoding Encoding

	mu     sync.Mutex // held while a frame is written
	closed bool
}

func (c *Client) openSocket(ctx context.Context, q Query, params value.Value, _ *Conn) (wire, error) {
	query, err := asciiJSON(q.value())
	if err != nil {
		return nil, err
	}
	protocols := []string{"query." + escapeProtocol(query), "encoding." + string(c.encoding)}
	if !given(params) {
		params = c.params
	}
	if given(params) {
		p, err := asciiJSON(params)
		if err != nil {
			return nil, err
		}
		protocols = append(protocols, "conn_params."+escapeProtocol(p))
	}
	u := *c.base
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	dialer := ws.Dialer{
		Protocols: append(protocols, "rivetkit"),
		Header:    ws.HandshakeHeaderHTTP(c.header),
	}
	conn, br, _, err := dialer.Dial(ctx, u.String()+"/actors/connect/websocket")
	if err != nil {
		return nil, c.refused(ctx, err)
	}
	s := &socket{conn: conn, r: conn, encoding: c.encoding}
	if br != nil {
		s.r = br // it has read beyond the handshake
	} else {
		s.r = bufio.NewReader(conn)
	}
	return s, nil
}

// refused is a handshake that failed: by its status if there is one.
func (c *Client) refused(ctx context.Context, err error) error {
	var status ws.StatusError
	if !errors.As(err, &status) {
		return c.unreachable(ctx, err)
	}
	code := errs.NoServer
	switch int(status) {
	case 401:
		code = errs.Unauthorized
	case 403:
		code = errs.Forbidden
	}
	return &errs.Error{Code: code, Public: true, Status: int(status), Err: err,
		Msg: c.URL() + " refused the WebSocket"}
}

// escapeProtocol is encodeURIComponent, and parentheses as well, which a
// subprotocol must not have.
func escapeProtocol(s string) string {
	return strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%2A", "*", "~", "~").
		Replace(url.QueryEscape(s))
}

func (s *socket) send(ctx context.Context, msg *value.Object) error {
	b, err := s.encoding.encode(object("b", msg))
	if err != nil {
		return err
	}
	op := ws.OpBinary
	if s.encoding == JSON {
		op = ws.OpText
	}
	if err := s.write(op, b); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return errs.Wrap(errs.ConnectionLost, err, "the connection was lost")
	}
	return nil
}

func (s *socket) write(op ws.OpCode, payload []byte) error {
	frame, err := ws.CompileFrame(ws.MaskFrame(ws.NewFrame(op, true, payload)))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	_, err = s.conn.Write(frame)
	return err
}

func (s *socket) receive(deliver func(value.Value) error) error {
	var message bytes.Buffer
	for {
		h, err := ws.ReadHeader(s.r)
		if err != nil {
			return errs.Wrap(errs.ConnectionLost, err, "the connection was lost")
		}
		if h.Length > maxBody-int64(message.Len()) {
			return malformed("a message that is too long")
		}
		payload := make([]byte, h.Length)
		if _, err := io.ReadFull(s.r, payload); err != nil {
			return errs.Wrap(errs.ConnectionLost, err, "the connection was lost")
		}
		switch h.OpCode {
		case ws.OpPing:
			_ = s.write(ws.OpPong, payload) // the next read tells
			continue
		case ws.OpPong:
			continue
		case ws.OpClose:
			code, reason := ws.ParseCloseFrameData(payload)
			return closedError(int(code), reason)
		}
		message.Write(payload)
		if !h.Fin {
			continue
		}
		v, err := s.encoding.decode(message.Bytes())
		if err != nil {
			return err
		}
		message.Reset()
		if err := deliver(v); err != nil {
			return err
		}
	}
}

// codeLike is a close reason that is an error's code.
var codeLike = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func closedError(code int, reason string) error {
	if code == 1011 && codeLike.MatchString(reason) {
		return errs.New(errs.Code(reason), "the server closed the connection: %s", reason)
	}
	return errs.New(errs.ConnectionLost, "the connection was closed with code %d %s", code, reason)
}

func (s *socket) close() {
	_ = s.write(ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, ""))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	_ = s.conn.Close()
}
