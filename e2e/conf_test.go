package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// json is the server spoken to in JSON.
func (s *server) json() speaker { return speaker{s, "json"} }

// wired is the server spoken to in JSON over WebSocket.
func (s *server) wired() wired {
	w := s.json()
	return wired{w, w.dialLink}
}

// call runs an action in JSON and returns its output, undefined as "".
func (s *server) call(t testing.TB, q, action, args string) string {
	t.Helper()
	got := s.json().call(t, q, action, args)
	if got.status != 200 {
		t.Fatalf("%s %s: %d %s", action, args, got.status, got.body)
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(got.body, "{"), `"o":`), "}")
}

// wantCall fails unless an action's output is exactly want.
func (s *server) wantCall(t testing.TB, q, action, args, want string) {
	t.Helper()
	if got := s.call(t, q, action, args); got != want {
		t.Errorf("%s %s:\ngot  %s\nwant %s", action, args, got, want)
	}
}

// again kills the server as a power cut would, and starts it on the same data.
func (s *server) again(t testing.TB, args ...string) *server {
	t.Helper()
	s.kill()
	return startDev(t, s.dir, args...)
}

// awaitLog waits for a line of the log with all these texts.
func (s *server) awaitLog(t testing.TB, texts ...string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !s.hasLog(texts...) {
		if time.Now().After(deadline) {
			t.Fatalf("no line of the log has %q:\n%s", texts, s.output())
		}
		time.Sleep(2 * time.Millisecond) // the condition decides
	}
}

func containsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

// eventually waits until an action's output is want; the last one is told.
func (s *server) eventually(t testing.TB, q, action, args, want string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		got := s.call(t, q, action, args)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s %s:\nat last  %s\nwant     %s", action, args, got, want)
		}
		time.Sleep(5 * time.Millisecond) // the condition decides
	}
}

// escapedKey is this test's key as the log names it.
func escapedKey(t testing.TB) string {
	return strings.ReplaceAll(keyOf(t), "/", `\\/`)
}

// hosted is the status with which the Studio's API answers under a name.
func (s *server) hosted(t testing.TB, host, token string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+"/studio/api/v1/meta", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}
