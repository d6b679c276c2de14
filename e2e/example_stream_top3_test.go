package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestExampleStreamTop3(t *testing.T) {
	t.Parallel()
	s := example(t, "stream-top3")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("stream", keyOf(t))
		c := w.connect(t, q, "")
		c.subscribe("top", true)
		// Numbers in no order, negative ones and equal ones too.
		x, model := 7, []int{}
		for n := range 50 {
			x = (x*37 + 11) % 101
			v := x - 50
			before := slices.Clone(model)
			model = append(model, v)
			slices.SortFunc(model, func(a, b int) int { return b - a })
			model = model[:min(3, len(model))]
			want, _ := json.Marshal(model) // never fails
			c.act(n, "add", fmt.Sprintf(`[%d]`, v))
			if !slices.Equal(before, model) {
				c.expectEvent("top", "["+string(want)+"]")
			}
			c.expectResult(n, string(want))
		}
		c.act(50, "add", `[1,"2"]`)
		c.refused(50, "not_a_number")
		c.act(51, "count", `[]`)
		c.expectResult(51, `50`)
	})
	var wg sync.WaitGroup
	for stream := range 4 {
		for n := range 25 {
			wg.Go(func() { s.call(t, of("stream", "parallel", itoa(stream)), "add", fmt.Sprintf(`[%d]`, 10*n+stream)) })
		}
	}
	wg.Wait()
	s = s.restarted(t)
	for stream := range 4 {
		s.wantCall(t, of("stream", "parallel", itoa(stream)), "top", `[]`, fmt.Sprintf(`[%d,%d,%d]`, 240+stream, 230+stream, 220+stream))
	}
}
