package isolate

import (
	"runtime"
	"runtime/metrics"
	"strings"
	"time"
)

// maxLineGrowth is by how much a line may make the process grow. Go can't tell
// who holds memory, so what others take meanwhile counts too: it is far more
// than a line needs.
const maxLineGrowth = 256 << 20

// watchMemory stops a line that takes too much, until the REPL ends.
func (s *REPL) watchMemory() {
	const calm = 250 * time.Millisecond
	t := time.NewTicker(calm)
	defer t.Stop()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	used := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64() + sample[1].Value.Uint64()
	}
	var turn int64 // the one that base was taken in
	var base uint64
	for {
		select {
		case <-t.C:
		case <-s.v.ctx.Done():
			return
		}
		since := s.r.since.Load()
		if since == 0 {
			if turn != 0 {
				turn = 0
				t.Reset(calm)
			}
			continue
		}
		if since != turn {
			turn, base = since, used()
			t.Reset(2 * tick)
			continue
		}
		if used() < base+maxLineGrowth {
			continue
		}
		runtime.GC() // garbage doesn't count
		if used() < base+maxLineGrowth {
			continue
		}
		s.r.busy.Lock()
		if s.r.since.Load() == since {
			s.r.interrupt(errNoMemory, time.Now().UnixNano())
		}
		s.r.busy.Unlock()
	}
}

// frames are the lines of a stack that are places.
func frames(stack string) string {
	var out []string
	for _, l := range strings.Split(stack, "\n") {
		if strings.HasPrefix(l, "    at ") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
