package isolate_test

import (
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// counting is a sink that only waits for replies.
type counting struct {
	done chan struct{}
	up   chan struct{}
}

func (s *counting) Turn(o *actor.Outcome) {
	if o.Started {
		close(s.up)
	}
	for _, e := range o.Effects {
		if _, ok := e.(actor.Reply); ok {
			s.done <- struct{}{}
		}
	}
}

func benchCall(b *testing.B, action string, args ...value.Value) {
	w := load(b, def(`{
  state: { count: 0, list: Array.from({ length: 1000 }, (_, i) => ({ id: i, text: "message " + i })) },
  actions: {
    none: () => 1,
    sync: (c, n: number) => (c.state.count += n),
    async: async (c, n: number) => (c.state.count += n),
    awaits: async (c, n: number) => { await null; return (c.state.count += n); },
    broadcast: (c, n: number) => { c.broadcast("n", n); },
    push: (c) => { c.state.list.push({ id: 1, text: "hello" }); if (c.state.list.length > 2000) c.state.list.length = 1000; },
  },
}`), oneIsolate)
	s := &counting{done: make(chan struct{}, 1<<16), up: make(chan struct{})}
	inst := w.v.Start(newSpec("x"), s)
	<-s.up
	b.ReportAllocs()
	const window = 256 // calls in flight, as with many clients
	sent, got := 0, 0
	for b.Loop() {
		if sent-got >= window {
			<-s.done
			got++
		}
		sent++
		inst.Post(actor.Invoke{Call: actor.CallID(sent), Conn: anon(), Action: action, Args: args})
	}
	for ; got < sent; got++ {
		<-s.done
	}
}

func BenchmarkNone(b *testing.B)       { benchCall(b, "none") }
func BenchmarkSync(b *testing.B)       { benchCall(b, "sync", 1.0) }
func BenchmarkAsync(b *testing.B)      { benchCall(b, "async", 1.0) }
func BenchmarkAsyncAwait(b *testing.B) { benchCall(b, "awaits", 1.0) }
func BenchmarkBroadcast(b *testing.B)  { benchCall(b, "broadcast", 1.0) }
func BenchmarkPush(b *testing.B)       { benchCall(b, "push") }

// BenchmarkRoundTrip is one call at a time: two hand-overs between goroutines.
func BenchmarkRoundTrip(b *testing.B) {
	w := load(b, def(counter), oneIsolate)
	s := &counting{done: make(chan struct{}, 1), up: make(chan struct{})}
	inst := w.v.Start(newSpec("x"), s)
	<-s.up
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		inst.Post(actor.Invoke{Call: actor.CallID(n), Conn: anon(), Action: "increment"})
		<-s.done
	}
}

// BenchmarkStart is the whole life of an actor: start, onStart, stop.
func BenchmarkStart(b *testing.B) {
	w := load(b, def(counter), oneIsolate)
	b.ReportAllocs()
	for b.Loop() {
		s := &counting{done: make(chan struct{}, 1), up: make(chan struct{})}
		inst := w.v.Start(newSpec("x"), s)
		<-s.up
		inst.Kill()
	}
}

// BenchmarkBoot is what an isolate of its own would cost.
func BenchmarkLoad(b *testing.B) {
	rt, _ := runtimeOf(b, nil)
	bu := build(b, def(counter))
	b.ReportAllocs()
	for b.Loop() {
		v, err := rt.Load(b.Context(), bu)
		if err != nil {
			b.Fatal(err)
		}
		v.Close()
	}
}
