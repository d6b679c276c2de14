package e2e

import (
	"testing"
)

func TestExampleCounter(t *testing.T) {
	t.Parallel()
	s := example(t, "counter")
	q := of("counter", "a")
	eachTransport(t, s, func(t *testing.T, w wired) {
		s.wantCall(t, q, "reset", `[]`, `0`)
		c := w.connect(t, q, "")
		c.subscribe("newCount", true)
		c.act(0, "increment", `[5]`)
		c.expectEvent("newCount", `[5]`)
		c.expectResult(0, `5`)
	})
	s = s.restarted(t)
	s.wantCall(t, q, "get", `[]`, `5`)
}
