package e2e

import (
	"fmt"
	"testing"
)

func TestExamplePresence(t *testing.T) {
	t.Parallel()
	s := example(t, "presence")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("page", keyOf(t))
		ann := w.connect(t, q, `{"name":"ann"}`)
		ann.act(0, "move", `[1,2]`)
		ann.expectResult(0, "")
		ann.subscribe("left", true)
		bob := w.connect(t, q, `{"name":"bob"}`)
		bob.expectEvent("cursor", `["`+ann.id+`",{"name":"ann","x":1,"y":2}]`)
		ann.expectEvent("cursor", `["`+bob.id+`",{"name":"bob","x":0,"y":0}]`)
		for n := range 20 {
			bob.act(n, "move", fmt.Sprintf(`[%d,%d]`, n, 2*n))
		}
		for n := range 20 {
			ann.expectEvent("cursor", fmt.Sprintf(`["%s",{"name":"bob","x":%d,"y":%d}]`, bob.id, n, 2*n))
			bob.expectResult(n, "") // and no event of its own
		}
		bob.act(20, "move", `["left",null]`)
		bob.refused(20, "bad_position")
		ann.act(1, "who", `[]`)
		ann.expectResult(1, `[{"name":"bob","x":19,"y":38}]`)
		bob.vanish()
		ann.expectEvent("left", `["`+bob.id+`"]`)
		w.call(t, q, "who", `[]`).wantCode(t, "nobody", 400, "name_missing")
	})
}

// verdict is what the limiter's take answers.
type verdict struct {
	Allowed                 bool
	Remaining, RetryAfterMs int
}
