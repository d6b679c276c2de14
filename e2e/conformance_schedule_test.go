package e2e

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

var schedules = &topic{name: "conf_schedule"}

func TestConformance093ScheduleAfter(t *testing.T) {
	t.Parallel()
	s := schedules.server(t)
	t.Run("runs once with its arguments", func(t *testing.T) {
		q := of("planner", keyOf(t))
		s.call(t, q, "after", `[50,1,"x"]`)
		s.wantCall(t, q, "get", `[]`, `[]`)
		s.eventually(t, q, "late", `[]`, `[true]`)
	})
	t.Run("order", func(t *testing.T) {
		q := of("planner", keyOf(t))
		s.call(t, q, "plan", `[]`)
		const want = `["at once","now","first","second",["third",3],"end"]`
		s.eventually(t, q, "get", `[]`, want)
		s.wantCall(t, q, "get", `[]`, want)
	})
}

func TestConformance094ScheduleSurvivesKillNine(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_schedule"))
	q, board := of("planner", keyOf(t)), of("board", keyOf(t))
	due, err := strconv.ParseInt(s.call(t, q, "remember", `[150,"missed"]`), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	s.call(t, q, "remember", `[2000,"later"]`)
	s.kill()
	within(t, patience, "the first one's time comes", func() bool { return time.Now().UnixMilli() > due })
	s = startDev(t, s.dir)
	// Nobody wakes the planner.
	s.eventually(t, board, "get", `[]`, `["missed"]`)
	s.eventually(t, board, "get", `[]`, `["missed","later"]`)
	s = s.again(t) // and neither is run twice
	s.call(t, q, "remember", `[0,"end"]`)
	s.eventually(t, board, "get", `[]`, `["missed","later","end"]`)
}

func TestConformance095InAScheduledAction(t *testing.T) {
	t.Parallel()
	s := schedules.server(t)
	t.Run("context", func(t *testing.T) {
		q := of("planner", keyOf(t))
		c := s.wired().connect(t, q, "")
		c.subscribe("ran", true)
		c.subscribe("again", true)
		c.act(0, "look", `[]`)
		c.expectResult(0, "")
		c.expectEvent("ran", `["undefined"]`)
		c.expectEvent("again", `[]`)
		s.wantCall(t, q, "get", `[]`, `[["undefined","string"],"again"]`)
	})
	t.Run("missing action", func(t *testing.T) {
		q := of("planner", keyOf(t))
		s.call(t, q, "missing", `[]`)
		s.awaitLog(t, "failed for good", "nobody", "planner/"+escapedKey(t))
		s.wantCall(t, q, "get", `[]`, `[]`)
		out, errOut, code := rivet(t, s.dir, "schedule", "--jq", `.items[] | select(.action == "nobody") | .status`)
		if code != 0 || strings.TrimSpace(out) != "failed" {
			t.Errorf("it isn't kept as failed: exit %d\n%s%s", code, out, errOut)
		}
	})
	t.Run("retried if it throws", func(t *testing.T) {
		q := of("planner", keyOf(t))
		s.call(t, q, "throws", `[]`)
		s.awaitLog(t, "the first try fails", schedules.lineOf(t, "the first try fails"))
		s.eventually(t, q, "get", `[]`, `["try","try"]`)
	})
}
