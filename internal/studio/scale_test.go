package studio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// crowd is an engine and a store of n sleeping actors; what isn't needed panics.
type crowd struct {
	Engine
	Store
	rows []actor.Row
}

func newCrowd(n int) *crowd {
	c := &crowd{}
	for i := range n {
		key := actor.Key{"user-" + strconv.Itoa(i)}
		ref := actor.Ref{ID: actor.IDOf("room", key), Name: "room", Key: key, CreatedAt: time.UnixMilli(int64(i))}
		c.rows = append(c.rows, actor.Row{Ref: ref, Rev: 1, StateBytes: int64(i)})
	}
	return c
}

func (c *crowd) Live(actor.ID) (actor.Live, bool) { return actor.Live{}, false }
func (c *crowd) Lives() []actor.Live              { return nil }

func (c *crowd) Rows(_ context.Context, after *actor.Ref, limit int) ([]actor.Row, error) {
	from := 0
	if after != nil {
		from = int(after.CreatedAt.UnixMilli()) + 1
	}
	return c.rows[from:min(from+limit, len(c.rows))], nil
}

func (c *crowd) Count(context.Context) (map[string]int, error) {
	return map[string]int{"room": len(c.rows)}, nil
}

func TestListOfAHundredThousand(t *testing.T) {
	t.Parallel()
	c := newCrowd(100_000)
	s := newStudio(t, Options{Engine: c, Store: c})
	for want, l := range map[string]listing{
		"user-0":     {to: 10},
		"user-99999": {to: 10, sort: "-createdAt"},
		"user-4242":  {to: 10, q: "key:user-4242"},
		"user-77770": {to: 10, q: "7777 size:>77_769", sort: "key"},
	} {
		l.q = strings.ReplaceAll(l.q, "_", "")
		items, _, err := s.dir.list(t.Context(), l)
		if err != nil || len(items) == 0 || items[0].Key[0] != want {
			t.Errorf("%+v: %v (%v)", l, items, err)
		}
	}
	began := time.Now()
	if _, total, err := s.dir.list(t.Context(), listing{to: 100, q: "key:user-1* size:>5000"}); err != nil || total == 0 {
		t.Fatal(total, err)
	}
	if took := time.Since(began); took > time.Second { // 100 ms by itself; tests share the machine
		t.Errorf("a filter took %v", took)
	}
}

func BenchmarkFilterOf100000(b *testing.B) {
	c := newCrowd(100_000)
	s := New(Options{Engine: c, Store: c})
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.dir.list(b.Context(), listing{to: 100, q: "key:*42*", sort: "-activeAt"}); err != nil {
			b.Fatal(err)
		}
	}
}

// dial opens the socket of a Studio, without a word.
func dial(t *testing.T, s *Studio) net.Conn {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	d := ws.Dialer{Protocols: []string{inspect.Subprotocol}}
	c, _, _, err := d.Dial(t.Context(), strings.Replace(srv.URL, "http", "ws", 1)+inspect.Base+"/ws")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// ending reads until the close frame and gives its code.
func ending(t *testing.T, c net.Conn) ws.StatusCode {
	t.Helper()
	for {
		f, err := readFrame(c)
		if err != nil {
			t.Fatal(err)
		}
		if f.Header.OpCode == ws.OpClose {
			code, _ := ws.ParseCloseFrameData(f.Payload)
			return code
		}
	}
}

func TestSocketEndsForWhoDoesNotKeepToIt(t *testing.T) {
	t.Parallel()
	c := newCrowd(1)
	tests := map[string]struct {
		say  []string
		code ws.StatusCode
	}{
		"silence":            {nil, closeNoHello},
		"another first word": {[]string{`{"t":"sub"}`}, closeNoHello},
		"no JSON":            {[]string{`hello`}, closeNoHello},
		"a wrong token":      {[]string{`{"t":"hello","session":"x"}`}, closeNoAccess},
		"a frame too long":   {[]string{`{"t":"hello","session":"t"}`, `{"t":"` + strings.Repeat("x", inspect.MaxFrameIn) + `"}`}, ws.StatusMessageTooBig},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, newStudio(t, Options{Engine: c, Store: c, StudioToken: "t"}))
			for _, text := range tt.say {
				if err := wsutil.WriteClientText(conn, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			if code := ending(t, conn); code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
		})
	}
}

func TestSocketsEndWithTheStudio(t *testing.T) {
	t.Parallel()
	c := newCrowd(1)
	s := New(Options{Engine: c, Store: c, StudioToken: "t"})
	conn := dial(t, s)
	if err := wsutil.WriteClientText(conn, []byte(`{"t":"hello","session":"t"}`)); err != nil {
		t.Fatal(err)
	}
	first, err := readFrame(conn)
	if err != nil || !bytes.Contains(first.Payload, []byte(`"t":"welcome"`)) {
		t.Fatalf("%s (%v)", first.Payload, err)
	}
	done := make(chan struct{})
	go func() { s.Close(); close(done) }()
	if code := ending(t, conn); code != ws.StatusGoingAway {
		t.Errorf("closed with %d", code)
	}
	_ = conn.Close()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("Close waits")
	}
}

// readFrame reads one frame of at most 16 MiB.
func readFrame(r io.Reader) (ws.Frame, error) {
	h, err := ws.ReadHeader(r)
	if err != nil {
		return ws.Frame{}, err
	}
	if h.Length > 16<<20 {
		return ws.Frame{}, errors.New("a frame is too large")
	}
	f := ws.Frame{Header: h, Payload: make([]byte, h.Length)}
	_, err = io.ReadFull(r, f.Payload)
	return f, err
}
