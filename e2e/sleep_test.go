package e2e

import (
	"encoding/json"
	"testing"
)

// status is where an actor is in its life, as tools see it; asking wakes nobody.
func (s *server) status(t testing.TB, q string) string {
	t.Helper()
	var id struct{ I string }
	if err := json.Unmarshal([]byte(s.json().resolve(t, q).body), &id); err != nil || id.I == "" {
		t.Fatalf("resolve %s: %v", q, err)
	}
	var a struct{ Status string }
	got := s.inspect(t, "tools", "/actors/"+id.I)
	if err := json.Unmarshal([]byte(got.body), &a); err != nil || a.Status == "" {
		t.Fatalf("actor %s: %d %s", q, got.status, got.body)
	}
	return a.Status
}

func (s *server) sleeps(t testing.TB, q string) {
	t.Helper()
	within(t, patience, "the actor sleeps", func() bool { return s.status(t, q) == "sleeping" })
}

// outlast waits until an actor that nothing keeps awake, and that was called
// later than all others, has gone to sleep: so would the others have.
func (s *server) outlast(t testing.TB) {
	t.Helper()
	q := of("sleeper", keyOf(t, "control"))
	s.call(t, q, "starts", `[]`)
	s.sleeps(t, q)
}

// sleepers is a server whose tools have the token "tools"; the actors'
// sleepTimeout is 300 ms.
func sleepers(t testing.TB) *server {
	t.Helper()
	return startIn(t, project(t, "isolation"), environ("RIVET_AUTH_TOKEN=tools"))
}

// What keeps an actor awake, and what doesn't.
func TestWhatKeepsAwake(t *testing.T) {
	t.Parallel()
	s := sleepers(t)
	for name, tt := range map[string]struct {
		actor, action, args string
		keeps               bool
	}{
		"nothing":           {"sleeper", "starts", `[]`, false},
		"a timer":           {"sleeper", "timer", `[60000]`, true},
		"an unrefed timer":  {"sleeper", "unref", `[60000]`, false},
		"a promise":         {"sleeper", "background", `[60000]`, true},
		"an own connection": {"sleeper", "client", `[]`, true},
		"a schedule":        {"sleeper", "later", `[60000]`, false},
		"a connection":      {"sleeper", "", ``, false},
		"a raw socket":      {"raw", "", ``, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := of(tt.actor, keyOf(t))
			switch {
			case tt.actor == "raw":
				s.raw(t, q, "/")
			case tt.action == "":
				s.wired().connect(t, q, "")
			default:
				s.call(t, q, tt.action, tt.args)
			}
			s.wantCall(t, q, "starts", `[]`, `1`)
			if tt.keeps {
				s.outlast(t)
				s.wantCall(t, q, "starts", `[]`, `1`)
				return
			}
			s.sleeps(t, q)
			s.wantCall(t, q, "starts", `[]`, `2`)
		})
	}
	t.Run("a running action", func(t *testing.T) {
		t.Parallel()
		q := of("sleeper", keyOf(t))
		s.wantCall(t, q, "slow", `[1000]`, `1`)
		s.wantCall(t, q, "starts", `[]`, `1`)
	})
	t.Run("a connection to an actor with vars", func(t *testing.T) {
		t.Parallel()
		q := of("varied", keyOf(t))
		l := s.wired().connect(t, q, "")
		before := s.call(t, q, "look", `[]`)
		s.outlast(t)
		s.wantCall(t, q, "look", `[]`, before)
		l.leave()
		s.sleeps(t, q)
		after := s.call(t, q, "look", `[]`)
		if before[:3] != "[1," || after[:3] != "[2," || before[3:] == after[3:] {
			t.Errorf("createVars and onStart did not run again: %s, then %s", before, after)
		}
	})
}

// A socket outlives its actor's sleep; a call, a message over it and a schedule wake the actor.
func TestWaking(t *testing.T) {
	t.Parallel()
	s := sleepers(t)
	q := of("sleeper", keyOf(t))
	l := s.wired().connect(t, q, "")
	l.subscribe("added", true)
	s.sleeps(t, q)
	s.wantCall(t, q, "add", `[]`, `1`) // a call
	l.expectEvent("added", `[1]`)
	s.sleeps(t, q)
	l.act(1, "starts", `[]`) // a message
	l.expectResult(1, `3`)
	s.call(t, q, "later", `[3000]`)
	s.sleeps(t, q)
	l.expectEvent("added", `[2]`) // the schedule
	s.wantCall(t, q, "starts", `[]`, `4`)
}
