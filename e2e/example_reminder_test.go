package e2e

import (
	"strings"
	"testing"
	"time"
)

func TestExampleReminder(t *testing.T) {
	t.Parallel()
	s := example(t, "reminder")
	q := of("reminders", "ann")
	type reminder struct {
		ID         int
		Text       string
		At, SentAt int64
	}
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("reminders", keyOf(t))
		c := w.connect(t, q, "")
		c.subscribe("reminder", true)
		c.act(0, "remindIn", `[60000,"cancelled"]`)
		c.next()
		c.act(1, "cancel", `[1]`)
		c.expectResult(1, `true`)
		c.act(2, "remindIn", `[50,"tea"]`)
		set := c.next()
		if !strings.Contains(set, `"text":"tea"`) {
			t.Fatalf("remindIn: %s", set)
		}
		r := into[reminder](t, string(c.event("reminder")[0]))
		if r.Text != "tea" || r.SentAt < r.At {
			t.Errorf("reminded of %+v", r)
		}
		c.act(3, "due", `[2]`)
		c.refused(3, "not_yours")
		w.call(t, q, "remindAt", `["tomorrow","x"]`).wantCode(t, "a bad date", 400, "bad_date")
	})

	due := into[reminder](t, s.call(t, q, "remindIn", `[300,"missed"]`))
	future := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	s.call(t, q, "remindAt", `["`+future+`","tomorrow"]`)
	s.kill()
	within(t, patience, "its time comes", func() bool { return time.Now().UnixMilli() > due.At })
	s = startDev(t, s.dir)
	list := func() []reminder { return into[[]reminder](t, s.call(t, q, "list", `[]`)) }
	within(t, patience, "the missed one is sent", func() bool { return list()[0].SentAt > 0 })
	if l := list(); len(l) != 2 || l[1].Text != "tomorrow" || l[1].SentAt != 0 {
		t.Errorf("list: %+v", l)
	}
}
