package e2e

import (
	"sync"
	"testing"
	"time"
)

func TestExampleRateLimiter(t *testing.T) {
	t.Parallel()
	s := example(t, "rate-limiter")
	with := func(key, input string) string {
		return `{"getOrCreateForKey":{"name":"limiter","key":["` + key + `"],"input":` + input + `}}`
	}
	take := func(q string) verdict {
		t.Helper()
		return into[verdict](t, s.call(t, q, "take", `[]`))
	}

	slow := with("slow", `{"capacity":5,"perSecond":0.001}`)
	var mu sync.Mutex
	var all []verdict
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			v := take(slow)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, v)
		})
	}
	wg.Wait()
	allowed := 0
	for _, v := range all {
		if v.Allowed {
			allowed++
		} else if v.RetryAfterMs <= 0 || v.RetryAfterMs > 1_000_000 {
			t.Errorf("refused with retryAfterMs %d", v.RetryAfterMs)
		}
	}
	if allowed != 5 {
		t.Errorf("%d of 40 at once are allowed, want 5", allowed)
	}
	if !take(of("limiter", "somebody else")).Allowed {
		t.Error("another caller is limited too")
	}
	s = s.restarted(t)
	if take(slow).Allowed {
		t.Error("a crash filled the bucket")
	}
	s.call(t, slow, "reset", `[]`)
	if v := take(slow); !v.Allowed || v.Remaining != 4 {
		t.Errorf("after reset: %+v", v)
	}

	quick := with("quick", `{"capacity":1,"perSecond":10}`)
	start := time.Now()
	if !take(quick).Allowed {
		t.Error("the first is refused")
	}
	within(t, patience, "the bucket fills", func() bool { return take(quick).Allowed })
	if d := time.Since(start); d < 90*time.Millisecond {
		t.Errorf("the next token came after %v, want 100 ms", d)
	}
	for args, code := range map[string]string{`[0]`: "bad_cost", `[11]`: "bad_cost"} {
		s.json().call(t, of("limiter", "c"), "take", args).wantCode(t, args, 400, code)
	}
	s.json().call(t, with("bad", `{"capacity":0}`), "take", `[]`).wantCode(t, "a bad limit", 400, "bad_limit")
}

// snapshot is what the game's event of that name has.
type snapshot struct {
	Tick    int
	Players map[string]struct {
		Name string
		X, Y int
	}
}
