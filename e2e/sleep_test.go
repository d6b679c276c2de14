package e2e

import (
	"testing"
	"time"
)

// What keeps an actor awake, and what doesn't; the actors' sleepTimeout is 300 ms.
func TestWhatKeepsAwake(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "isolation"))
	for name, tt := range map[string]struct {
		actor, action, args string
		keeps               bool
	}{
		"nothing":           {"sleeper", "starts", `[]`, false},
		"a timer":           {"sleeper", "timer", `[5000]`, true},
		"an unrefed timer":  {"sleeper", "unref", `[5000]`, false},
		"a promise":         {"sleeper", "background", `[5000]`, true},
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
			time.Sleep(1200 * time.Millisecond) // four times what it takes to sleep
			want := `2`
			if tt.keeps {
				want = `1`
			}
			s.wantCall(t, q, "starts", `[]`, want)
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
		time.Sleep(1200 * time.Millisecond)
		s.wantCall(t, q, "look", `[]`, before)
		l.leave()
		time.Sleep(1200 * time.Millisecond)
		after := s.call(t, q, "look", `[]`)
		if before[:3] != "[1," || after[:3] != "[2," || before[3:] == after[3:] {
			t.Errorf("createVars and onStart did not run again: %s, then %s", before, after)
		}
	})
}

// A socket outlives its actor's sleep; a call, a message over it and a schedule wake the actor.
func TestWaking(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "isolation"))
	q := of("sleeper", keyOf(t))
	l := s.wired().connect(t, q, "")
	l.subscribe("added", true)
	asleep := func() { t.Helper(); time.Sleep(1200 * time.Millisecond) }
	asleep()
	s.wantCall(t, q, "add", `[]`, `1`) // a call
	l.expectEvent("added", `[1]`)
	asleep()
	l.act(1, "starts", `[]`) // a message
	l.expectResult(1, `3`)
	s.call(t, q, "later", `[2000]`)
	asleep()
	l.expectEvent("added", `[2]`) // the schedule
	s.wantCall(t, q, "starts", `[]`, `4`)
}
