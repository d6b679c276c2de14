package isolate_test

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestNothingIsLeft ends versions in their three ways and counts goroutines.
func TestNothingIsLeft(t *testing.T) {
	rt, _ := runtimeOf(t, nil)
	b := build(t, def(unruly))
	for _, end := range []string{"close", "close while spinning", "retire"} {
		v, err := rt.Load(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, rt: rt, v: v}
		l := w.start("x")
		l.json("tick")
		switch end {
		case "close while spinning":
			l.post("spin")
		case "retire":
			v.Retire()
			l.stop(0)
		}
		v.Close()
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		buf := make([]byte, 1<<20)
		stacks := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "isolate.(*isolate)") && !strings.Contains(stacks, "isolate.(*watchdog)") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left:\n%s", stacks)
		}
		runtime.Gosched()
	}
}
