package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// BenchmarkAction is one stateless call over a kept connection, client included.
func BenchmarkAction(b *testing.B) {
	w := newWorld(b, nil)
	c, err := net.Dial("tcp", w.addr)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	request := []byte("POST /registry/actors/actions/first HTTP/1.1\r\nHost: x\r\nX-RivetKit-Encoding: json\r\nX-RivetKit-Query: " +
		counterA + "\r\nContent-Length: 9\r\n\r\n{\"a\":[3]}")
	br := bufio.NewReader(c)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = c.Write(request)
		res, err := http.ReadResponse(br, nil)
		if err != nil || res.StatusCode != 200 {
			b.Fatal(res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
	}
	w.actors.calls = nil
}

// BenchmarkActionHandler is the same without a network.
func BenchmarkActionHandler(b *testing.B) {
	w := newWorld(b, nil)
	h := w.s.Handler()
	header := jsonHeaders(counterA)
	r, _ := http.NewRequest("POST", "/registry/actors/actions/first", nil)
	r.Header, r.Host, r.RequestURI = header, "x", r.URL.Path
	out := &nullResponse{http.Header{}}
	body := strings.NewReader("")
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(`{"a":[3]}`)
		r.Body = io.NopCloser(body)
		h.ServeHTTP(out, r)
		w.actors.calls, w.gateway.asked = w.actors.calls[:0], w.gateway.asked[:0]
	}
}

type nullResponse struct{ h http.Header }

func (n *nullResponse) Header() http.Header       { return n.h }
func (*nullResponse) WriteHeader(int)             {}
func (*nullResponse) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkWebSocketActions has 32 actions in flight on one socket.
func BenchmarkWebSocketActions(b *testing.B) {
	for _, enc := range []string{"json", "cbor"} {
		b.Run(enc, func(b *testing.B) {
			w := newWorld(b, nil)
			c := w.connect(counterA, enc)
			_ = c.c.SetDeadline(noDeadline)
			c.recv()
			f := ws.NewTextFrame([]byte(`{"b":{"ar":{"i":7,"n":"first","a":[5]}}}`))
			reply := 2 + len(`{"b":{"ar":{"i":7,"o":5}}}`)
			if enc == "cbor" {
				f = ws.NewBinaryFrame([]byte(unhex(b, "b900016162b90001626172b90003616907616e656669727374616181 05")))
				reply = 2 + 20
			}
			frame := ws.MustCompileFrame(ws.MaskFrame(f))
			const window = 32
			many := []byte(strings.Repeat(string(frame), window))
			answers := make([]byte, reply*window)
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += window {
				_, _ = c.c.Write(many)
				if _, err := io.ReadFull(c.br, answers); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFanOut sends events to 1,000 sockets; ns/op is one delivery.
func BenchmarkFanOut(b *testing.B) {
	for _, burst := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("burst=%d", burst), func(b *testing.B) {
			const sockets = 1000
			w := newWorld(b, nil)
			var got, target atomic.Int64
			arrived := make(chan struct{}, 1)
			var wg sync.WaitGroup
			event := `{"b":{"ev":{"n":"newCount","a":[17]}}}`
			all := make([]*client, sockets)
			for i := range all {
				c := w.connect(counterA, "json")
				_ = c.c.SetDeadline(noDeadline)
				all[i] = c
				c.recv()
				c.text(`{"b":{"sr":{"e":"newCount","s":true}}}`)
			}
			waitFor(b, func() bool { return w.actors.subscribed("newCount") == sockets })
			for _, c := range all {
				wg.Go(func() {
					buf, size := make([]byte, 4096), int64(len(event)+2)
					rest := int64(0)
					for {
						n, err := c.c.Read(buf)
						if err != nil {
							return
						}
						rest += int64(n)
						if k := rest / size; k > 0 && got.Add(k) == target.Load() {
							arrived <- struct{}{}
						}
						rest %= size
					}
				})
			}
			b.ReportAllocs()
			b.ResetTimer()
			sent, before := int64(0), cpuTime()
			for int(sent) < b.N {
				target.Store(sent + int64(burst)*sockets)
				for range burst {
					w.actors.broadcast(&actor.Event{Name: "newCount", Args: []value.Value{17.0}})
					sent += sockets
				}
				<-arrived
			}
			b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(cpuTime()-before)/float64(sent), "cpu-ns/event")
			b.StopTimer()
			for _, c := range all {
				_ = c.c.Close()
			}
			wg.Wait()
		})
	}
}

// TestIdleSocketsAreSmall holds what an idle socket keeps, both ends and all.
func TestIdleSocketsAreSmall(t *testing.T) {
	const sockets = 400
	w := newWorld(t, nil)
	memory := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse + m.StackInuse
	}
	before := memory()
	for range sockets {
		c := w.connect(counterA, "json")
		c.recv()
		c.br = nil
	}
	each := (memory() - before) / sockets
	t.Logf("%d bytes a socket, with its client", each)
	if each > 32<<10 {
		t.Errorf("an idle socket takes %d bytes", each)
	}
}
