package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gobwas/ws"
)

func limited(t testing.TB, env ...string) *server {
	t.Helper()
	return startIn(t, project(t, "isolation"), environ(env...))
}

// A state above the limit is refused at the end of its turn, which is undone:
// the whole state counts, not what changed.
func TestStateTooLarge(t *testing.T) {
	t.Parallel()
	s := limited(t, "RIVET_LIMITS_STATE=100000")
	q := of("sleeper", keyOf(t))
	l := s.wired().connect(t, q, "")
	l.subscribe("grown", true)
	l.act(1, "starts", `[]`)
	l.expectResult(1, `1`) // subscribed from here on
	s.wantCall(t, q, "grow", `["a",40000]`, ``)
	l.expectEvent("grown", `["a"]`)
	s.wantCall(t, q, "grow", `["b",40000]`, ``)
	l.expectEvent("grown", `["b"]`)
	s.json().call(t, q, "grow", `["c",40000]`).wantCode(t, "beyond the limit", 400, "state_too_large")
	s.wantCall(t, q, "keys", `[]`, `["starts","n","a","b"]`)
	s.wantCall(t, q, "grow", `["d",10]`, ``)
	l.expectEvent("grown", `["d"]`) // and nothing of c
	again := s.again(t)
	again.wantCall(t, q, "keys", `[]`, `["starts","n","a","b","d"]`)
}

// A call that would be one too many is refused with 503 and when to come again.
func TestOverload(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ env, code string }{
		"of an actor":   {"RIVET_LIMITS_WAITING_PER_ACTOR=2", "actor_overloaded"},
		"of the server": {"RIVET_LIMITS_WAITING=2", "server_overloaded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := limited(t, tt.env)
			q := of("sleeper", keyOf(t))
			s.call(t, q, "starts", `[]`)
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() { s.json().call(t, q, "slow", `[1500]`) })
			}
			within(t, patience, "a refusal", func() bool {
				got := s.action(t, q, "starts", "json", `{"a":[]}`)
				if got.status == 200 {
					return false
				}
				said{got.status, got.body}.wantCode(t, "one too many", 503, tt.code)
				if got.header.Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
				return true
			})
			wg.Wait()
			s.wantCall(t, q, "add", `[]`, `3`)
		})
	}
}

func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	s := limited(t, "RIVET_MAX_CONNECTIONS=2")
	q := of("sleeper", keyOf(t))
	first := s.wired().connect(t, q, "")
	s.wired().connect(t, q, "")
	path := "/registry/actors/connect/websocket"
	protocols := []string{"query." + escape(q), "encoding.json", "rivetkit"}
	_, _, _, err := ws.Dialer{Protocols: protocols}.Dial(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+path)
	if fmt.Sprint(err) != "unexpected HTTP response status: 503" {
		t.Errorf("a third connection: %v, want 503", err)
	}
	first.leave()
	within(t, patience, "room again", func() bool {
		c, _, _, err := ws.Dialer{Protocols: protocols}.Dial(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+path)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

func TestKeyPartLimit(t *testing.T) {
	t.Parallel()
	s := limited(t)
	for key, status := range map[string]int{
		strings.Repeat("k", 128): 200, strings.Repeat("k", 129): 400,
		strings.Repeat("😀", 64): 200, strings.Repeat("😀", 65): 400, // UTF-16 units
	} {
		if got := s.action(t, of("unruly", "part", key), "get", "json", `{"a":[]}`); got.status != status || status == 400 && codeOf(got.body) != "invalid_request" {
			t.Errorf("a part of %d bytes: %d %s", len(key), got.status, got.body)
		}
	}
}

// A raw body is counted while it streams: whoever tells no length is stopped as well.
func TestRawBodyLimit(t *testing.T) {
	t.Parallel()
	s := limited(t)
	send := func(n int64, told bool) (int, string, error) {
		body := io.LimitReader(zeros{}, n)
		req, err := http.NewRequest("POST", s.url+"/registry/actors/raw/http/x", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-RivetKit-Query", of("raw", keyOf(t)))
		if told {
			req.ContentLength = n
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, "", err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		return res.StatusCode, string(text), err
	}
	const limit = 20 << 20
	for _, told := range []bool{true, false} {
		if status, text, err := send(limit, told); err != nil || status != 200 || text != fmt.Sprint(limit) {
			t.Errorf("a body of the limit (length told: %v): %d %.100s %v", told, status, text, err)
		}
		if status, text, err := send(limit+1, told); err == nil && status != 413 {
			t.Errorf("a body beyond (length told: %v): %d %.100s, want 413 or a reset", told, status, text)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
