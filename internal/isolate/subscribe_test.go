package isolate_test

import (
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// A subscription that comes while the connection is being accepted counts.
func TestEarlySubscriptionIsSeen(t *testing.T) {
	w := load(t, def(`{
  createConnState: async () => { await null; return {}; },
  onConnect: async () => { await null; },
  actions: { subs: (c) => [...c.conn.subscriptions] },
}`), nil)
	l := w.start("x", "a")
	call := actor.CallID(90)
	l.inst.Post(actor.Connect{Call: call, Conn: actor.ConnInfo{ID: "c"}})
	l.inst.Post(actor.Subscribe{Conn: "c", Event: "e", On: true})
	act := l.act("c", "subs")
	if _, err := l.answer(call); err != nil {
		t.Fatal(err)
	}
	out, err := l.answer(act)
	if arr, ok := out.(*value.Array); err != nil || !ok || len(arr.Items) != 1 || arr.Items[0] != "e" {
		t.Fatalf("subscriptions %v, %v", out, err)
	}
}
