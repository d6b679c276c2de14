package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// stream is server-sent events one way, POSTs the other, as a wire.
type stream struct {
	client *Client
	conn   *Conn
	body   io.ReadCloser
	cancel context.CancelFunc
	life   context.Context

	mu sync.Mutex // held while a message is posted, which keeps their order
}

func (c *Client) openStream(ctx context.Context, q Query, params value.Value, conn *Conn) (wire, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel) // until it has opened
	defer stop()
	req, err := c.request(life, http.MethodGet, "/actors/connect/sse", nil)
	if err == nil {
		err = c.identify(req, q, params)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	res, err := c.http.Do(req)
	if err != nil {
		cancel()
		return nil, c.unreachable(ctx, err)
	}
	if res.StatusCode/100 != 2 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		defer cancel()
		defer res.Body.Close()
		b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
		return nil, c.failure(res, b)
	}
	return &stream{client: c, conn: conn, body: res.Body, life: life, cancel: cancel}, nil
}

func (s *stream) send(ctx context.Context, msg *value.Object) error {
	b, err := s.client.encoding.encode(object("b", msg))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return errs.New(errs.ConnectionLost, "the connection was lost")
	}
	req, err := s.client.request(ctx, http.MethodPost, "/actors/message", b)
	if err != nil {
		return err
	}
	req.Header.Set("X-RivetKit-Actor", s.conn.actorID)
	req.Header.Set("X-RivetKit-Conn", s.conn.id)
	req.Header.Set("X-RivetKit-Conn-Token", s.conn.token)
	res, err := s.client.do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil {
		return s.client.unreachable(ctx, err)
	}
	if res.StatusCode/100 != 2 {
		return s.client.failure(res, answer)
	}
	return nil
}

func (s *stream) receive(deliver func(value.Value) error) error {
	r := bufio.NewReader(s.body)
	var event string
	var data []string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("the server ended the stream")
			}
			return errs.Wrap(errs.ConnectionLost, err, "the connection was lost")
		}
		line = strings.TrimRight(line, "\r\n")
		field, rest, _ := strings.Cut(line, ":")
		rest = strings.TrimPrefix(rest, " ")
		switch {
		case line == "":
			if err := s.dispatch(event, strings.Join(data, "\n"), deliver); err != nil {
				return err
			}
			event, data = "", nil
		case field == "event":
			event = rest
		case field == "data":
			data = append(data, rest)
		}
	}
}

func (s *stream) dispatch(event, data string, deliver func(value.Value) error) error {
	switch event {
	case "", "message":
	case "error":
		return errs.New(errs.Code(data), "the server refused the connection: %s", data)
	case "close": // as a WebSocket's close frame
		var why struct {
			Code   int
			Reason string
		}
		if err := json.Unmarshal([]byte(data), &why); err != nil {
			return malformed("a close event that is no JSON")
		}
		return closedError(why.Code, why.Reason)
	default:
		return nil // a kind of event that we don't know
	}
	if data == "" {
		return nil
	}
	v, err := s.client.encoding.decodeText(data)
	if err != nil {
		return err
	}
	return deliver(v)
}

func (s *stream) close() {
	s.cancel()
	_ = s.body.Close()
}
