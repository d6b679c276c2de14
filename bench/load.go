package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// httpConn is a keep-alive HTTP/1.1 connection that costs the load generator
// as little as possible: requests are bytes made before, answers are skipped.
type httpConn struct {
	net.Conn
	r *bufio.Reader
}

func dialHTTP(addr string) (*httpConn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &httpConn{c, bufio.NewReader(c)}, nil
}

func query(key string) string {
	return `{"getOrCreateForKey":{"name":"counter","key":["` + key + `"]}}`
}

func actionRequest(addr, key string) []byte {
	body := `{"a":[1]}`
	return fmt.Appendf(nil, "POST /registry/actors/actions/increment HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"X-RivetKit-Query: %s\r\nX-RivetKit-Encoding: json\r\nContent-Length: %d\r\n\r\n%s", addr, query(key), len(body), body)
}

func (c *httpConn) call(request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	status, err := c.r.ReadSlice('\n')
	if err != nil {
		return err
	}
	ok := bytes.Contains(status, []byte(" 200 "))
	length := 0
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, v, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		}
	}
	if _, err := c.r.Discard(length); err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("an action was not answered with 200")
	}
	return nil
}

// httpActions calls one action after the other from a number of clients, over a number of actors.
func httpActions(actors, clients int) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, t *target, d time.Duration) (result, error) {
		requests := make([][]byte, actors)
		for i := range requests {
			requests[i] = actionRequest(t.addr, fmt.Sprintf("h%d-%d", actors, i))
		}
		conns := make([]*httpConn, clients)
		for i := range conns {
			c, err := dialHTTP(t.addr)
			if err != nil {
				return result{}, err
			}
			defer c.Close()
			conns[i] = c
		}
		warm := conns[0]
		for _, r := range requests {
			if err := warm.call(r); err != nil {
				return result{}, err
			}
		}
		return parallel(ctx, clients, d, "actions", func(client, i int) error {
			return conns[client].call(requests[(client+i*clients)%actors])
		})
	}
}

// parallel runs f again and again in n goroutines for d.
// pace, if given, is waited for before each.
func parallel(ctx context.Context, n int, d time.Duration, unit string, f func(client, i int) error, pace ...<-chan time.Time) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	seen := make([][]time.Duration, n)
	fail := make([]error, n)
	var wg sync.WaitGroup
	began := time.Now()
	for c := range n {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				for _, p := range pace {
					<-p
				}
				t0 := time.Now()
				if fail[c] = f(c, i); fail[c] != nil {
					return
				}
				seen[c] = append(seen[c], time.Since(t0))
			}
		})
	}
	wg.Wait()
	r := result{took: time.Since(began), unit: unit}
	for c := range n {
		if fail[c] != nil {
			return r, fail[c]
		}
		r.latency = append(r.latency, seen[c]...)
	}
	r.n = len(r.latency)
	return r, nil
}

type socket struct {
	net.Conn
	r io.Reader
}

func dialSocket(addr, key string) (*socket, error) {
	esc := strings.ReplaceAll(url.QueryEscape(query(key)), "+", "%20")
	d := ws.Dialer{Protocols: []string{"query." + esc, "encoding.json", "rivetkit"}, ReadBufferSize: 512, WriteBufferSize: 1024}
	c, br, _, err := d.Dial(context.Background(), "ws://"+addr+"/registry/actors/connect/websocket")
	if err != nil {
		return nil, err
	}
	s := &socket{c, c}
	if br != nil {
		s.r = br
	}
	_, err = s.frame(nil) // init
	return s, err
}

// frame reads one data frame into buf.
func (s *socket) frame(buf []byte) ([]byte, error) {
	for {
		h, err := ws.ReadHeader(s.r)
		if err != nil {
			return nil, err
		}
		if int64(cap(buf)) < h.Length {
			buf = make([]byte, h.Length)
		}
		buf = buf[:h.Length]
		if _, err := io.ReadFull(s.r, buf); err != nil {
			return nil, err
		}
		if h.OpCode == ws.OpClose {
			return nil, fmt.Errorf("the server closed the socket: %q", buf)
		}
		if !h.OpCode.IsControl() {
			return buf, nil
		}
	}
}

func socketActions(inFlight int) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, t *target, d time.Duration) (result, error) {
		s, err := dialSocket(t.addr, "w"+strconv.Itoa(inFlight))
		if err != nil {
			return result{}, err
		}
		defer s.Close()
		s.r = bufio.NewReaderSize(s.r, 64<<10)
		sent := make(chan time.Time, inFlight)
		fail := make(chan error, 1)
		ctx, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		go func() {
			for i := 1; ctx.Err() == nil; i++ {
				sent <- time.Now()
				if err := wsutil.WriteClientText(s, fmt.Appendf(nil, `{"b":{"ar":{"i":%d,"n":"increment","a":[1]}}}`, i)); err != nil {
					fail <- err
					break
				}
			}
			close(sent)
		}()
		r := result{unit: "actions"}
		began := time.Now()
		var buf []byte
		for t0 := range sent {
			if buf, err = s.frame(buf); err != nil {
				return r, err
			}
			r.latency = append(r.latency, time.Since(t0))
		}
		r.took, r.n = time.Since(began), len(r.latency)
		select {
		case err := <-fail:
			return r, err
		default:
			return r, nil
		}
	}
}

func connecting(n int) func(context.Context, *target, time.Duration) (result, error) {
	return func(_ context.Context, t *target, _ time.Duration) (result, error) {
		conns, r, err := openSockets(t, "c"+strconv.Itoa(n), n)
		for _, c := range conns {
			c.Close()
		}
		return r, err
	}
}

// openSockets opens n sockets from 32 clients at a time.
func openSockets(t *target, key string, n int) ([]*socket, result, error) {
	conns := make([]*socket, n)
	fail := make([]error, n)
	lat := make([]time.Duration, n)
	var wg sync.WaitGroup
	began := time.Now()
	for w := range 32 {
		wg.Go(func() {
			for i := w; i < n; i += 32 {
				t0 := time.Now()
				conns[i], fail[i] = dialSocket(t.addr, key)
				lat[i] = time.Since(t0)
			}
		})
	}
	wg.Wait()
	r := result{n: n, took: time.Since(began), latency: lat, unit: "sockets"}
	for _, err := range fail {
		if err != nil {
			return nil, r, err
		}
	}
	return conns, r, nil
}

// fanout has one client increment, one at a time, while n sockets listen: each
// increment is one event for each. Latency is from the call to a socket's event.
func fanout(n int) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, t *target, d time.Duration) (result, error) {
		key := "f" + strconv.Itoa(n)
		conns, _, err := openSockets(t, key, n)
		if err != nil {
			return result{}, err
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		r := result{unit: "events"}
		var starts sync.Map // count → when it was asked for
		for _, c := range conns {
			if err := wsutil.WriteClientText(c, []byte(`{"b":{"sr":{"e":"newCount","s":true}}}`)); err != nil {
				return r, err
			}
			wg.Go(func() {
				var lat []time.Duration
				var buf []byte
				for {
					var err error
					if buf, err = c.frame(buf); err != nil {
						break
					}
					now := time.Now()
					i := bytes.LastIndexByte(buf, '[')
					j := bytes.LastIndexByte(buf, ']')
					if i < 0 || j < i {
						continue
					}
					if t0, ok := starts.Load(string(buf[i+1 : j])); ok {
						lat = append(lat, now.Sub(t0.(time.Time)))
					}
				}
				mu.Lock()
				r.latency = append(r.latency, lat...)
				mu.Unlock()
			})
		}
		h, err := dialHTTP(t.addr)
		if err != nil {
			return r, err
		}
		defer h.Close()
		req := actionRequest(t.addr, key)
		began := time.Now()
		for i := 1; time.Since(began) < d && ctx.Err() == nil; i++ {
			starts.Store(strconv.Itoa(i), time.Now())
			if err := h.call(req); err != nil {
				return r, err
			}
		}
		r.took = time.Since(began)
		for _, c := range conns {
			_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond)) // what is still on its way
		}
		wg.Wait()
		for _, c := range conns {
			c.Close()
		}
		r.n = len(r.latency)
		return r, nil
	}
}

func creating(n int) func(context.Context, *target, time.Duration) (result, error) {
	return func(_ context.Context, t *target, _ time.Duration) (result, error) {
		const clients = 32
		var wg sync.WaitGroup
		fail := make([]error, clients)
		lat := make([]time.Duration, n)
		began := time.Now()
		for w := range clients {
			wg.Go(func() {
				c, err := dialHTTP(t.addr)
				if err != nil {
					fail[w] = err
					return
				}
				defer c.Close()
				for i := w; i < n; i += clients {
					t0 := time.Now()
					if fail[w] = c.call(actionRequest(t.addr, "n"+strconv.Itoa(i))); fail[w] != nil {
						return
					}
					lat[i] = time.Since(t0)
				}
			})
		}
		wg.Wait()
		for _, err := range fail {
			if err != nil {
				return result{}, err
			}
		}
		return result{n: n, took: time.Since(began), latency: lat, unit: "actors"}, nil
	}
}
