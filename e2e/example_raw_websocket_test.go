package e2e

import (
	"testing"
)

func TestExampleRawWebSocket(t *testing.T) {
	t.Parallel()
	s := example(t, "raw-websocket")
	q := of("room", "lobby")
	ann := s.raw(t, q, "/?name=ann")
	bob := s.raw(t, q, "/?name=bob")
	s.eventually(t, q, "present", `[]`, `2`)
	ann.send("hello")
	ann.expect("ann: hello")
	bob.expect("ann: hello")
	bob.sendBinary("00ff10")
	ann.expectBinary("00ff10")
	ann.send("back")
	bob.expect("ann: back") // and not its own bytes
	ann.expect("ann: back")
	bob.send("/quit")
	bob.expectClose(4000, "bye")
	s.eventually(t, q, "present", `[]`, `1`)
	s = s.restarted(t) // what was seen is on disk
	s.wantCall(t, q, "lines", `[]`, `["ann: hello","ann: back"]`)
	ann = s.raw(t, q, "/?name=ann")
	ann.expect("ann: hello")
	ann.expect("ann: back")
}
