package e2e

import (
	"testing"
	"time"
)

func TestExampleGameLoop(t *testing.T) {
	t.Parallel()
	s := example(t, "game-loop")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("arena", keyOf(t))
		ann, bob := w.connect(t, q, `{"name":"ann"}`), w.connect(t, q, `{"name":"bob"}`)
		ann.act(0, "steer", `[1,0]`)
		ann.expectResult(0, "")
		ann.act(1, "steer", `[5,0]`)
		ann.refused(1, "bad_move")
		ann.subscribe("snapshot", true)
		start := time.Now()
		first := into[snapshot](t, string(ann.event("snapshot")[0]))
		last := first
		for range 20 {
			now := into[snapshot](t, string(ann.event("snapshot")[0]))
			if now.Tick != last.Tick+1 {
				t.Fatalf("tick %d follows %d", now.Tick, last.Tick)
			}
			// The world is the server's: two units a step, however late the step was.
			if was, is := last.Players[ann.id].X, now.Players[ann.id].X; is != min(100, was+2) {
				t.Fatalf("tick %d: ann is at %d, before at %d", now.Tick, is, was)
			}
			last = now
		}
		// 20 steps are one second; a busy machine may take longer, none less.
		if d := time.Since(start); d < 900*time.Millisecond {
			t.Errorf("20 ticks took %v, want a second", d)
		}
		if p := last.Players[bob.id]; p.Name != "bob" || p.X != 0 || len(last.Players) != 2 {
			t.Errorf("players: %+v", last.Players)
		}
		bob.act(0, "scores", `[]`)
		bob.expectResult(0, `{"ann":1}`)
		bob.vanish()
		for len(last.Players) != 1 {
			last = into[snapshot](t, string(ann.event("snapshot")[0]))
		}
	})
	q := of("arena", "kept")
	c := s.wired().connect(t, q, `{"name":"ann"}`)
	c.act(0, "steer", `[1,0]`)
	c.expectResult(0, "")
	s.eventually(t, q, "scores", `[]`, `{"ann":1}`)
	s = s.restarted(t)
	s.wantCall(t, q, "scores", `[]`, `{"ann":1}`)
}
