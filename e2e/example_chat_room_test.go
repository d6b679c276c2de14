package e2e

import (
	"testing"
)

func TestExampleChatRoom(t *testing.T) {
	t.Parallel()
	s := example(t, "chat-room")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("chatRoom", keyOf(t))
		ann := w.connect(t, q, `{"name":"ann"}`)
		for _, e := range []string{"message", "joined", "left", "typing"} {
			ann.subscribe(e, true)
		}
		ann.act(0, "presence", `[]`) // answered: the subscriptions hold
		ann.expectResult(0, `[]`)
		bob := w.connect(t, q, `{"name":"bob"}`)
		ann.expectEvent("joined", `["bob"]`)
		bob.act(0, "typing", `[true]`)
		bob.expectResult(0, "")
		ann.expectEvent("typing", `["bob",true]`)
		ann.act(1, "presence", `[]`)
		ann.expectResult(1, `[{"name":"bob","typing":true}]`)
		bob.act(1, "send", `["hello"]`)
		said := ann.event("message")
		m := into[struct {
			ID         int
			From, Text string
		}](t, string(said[0]))
		if m.ID != 1 || m.From != "bob" || m.Text != "hello" {
			t.Errorf("ann hears %s", said[0])
		}
		bob.expectResult(1, string(said[0]))
		bob.act(2, "send", `[" "]`)
		bob.refused(2, "empty_message")
		bob.vanish()
		ann.expectEvent("left", `["bob"]`)
		got := w.call(t, q, "history", `[]`, params(`{"name":""}`)...)
		got.wantCode(t, "a caller without a name", 400, "name_missing")
	})
	q := of("chatRoom", "kept")
	message := s.call(t, q, "send", `["hello"]`)
	s = s.restarted(t)
	s.wantCall(t, q, "history", `[]`, "["+message+"]")
}
