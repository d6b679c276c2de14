package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// running is what a neighbour of a runaway sees: calls to many actors, on every
// isolate, from several clients at once.
type running struct {
	mu    sync.Mutex
	took  []time.Duration
	stop  chan struct{}
	group sync.WaitGroup
}

// neighbours calls eight actors without pause until p99 is asked for.
func (s *server) neighbours(t testing.TB) *running {
	t.Helper()
	n := &running{stop: make(chan struct{})}
	for i := range 8 {
		q := of("unruly", keyOf(t), fmt.Sprint(i))
		s.wantCall(t, q, "add", `[]`, `1`)
		n.group.Go(func() {
			for count := 2; ; count++ {
				select {
				case <-n.stop:
					return
				case <-time.After(10 * time.Millisecond): // a pace, so that the clients leave a core to the server
				}
				began := time.Now()
				s.json().call(t, q, "add", `[]`).want(t, "a neighbour", 200, fmt.Sprintf(`{"o":%d}`, count))
				n.mu.Lock()
				n.took = append(n.took, time.Since(began))
				n.mu.Unlock()
			}
		})
	}
	return n
}

// p99 ends the calls.
func (n *running) p99() (p99 time.Duration, calls int) {
	close(n.stop)
	n.group.Wait()
	slices.Sort(n.took)
	return n.took[len(n.took)*99/100], len(n.took)
}

// A runaway's own call fails, it goes on from its durable state, and its
// neighbours, those of the same isolate too, neither wait nor lose anything.
func TestRunawaysHarmThemselvesAlone(t *testing.T) {
	shared := startDev(t, project(t, "isolation"))
	for _, name := range []string{
		"linear", "map", "toJSON", "replace", "sort", "generator", "spin", "promises", "regexp", "proxy", "getter", "constructing", "asyncs", "string",
	} {
		t.Run(name, func(t *testing.T) {
			s := shared
			switch name {
			case "regexp", "proxy", "getter", "constructing", "asyncs", "string": // their threads go on for seconds
				s = startDev(t, project(t, "isolation"))
			}
			q := of("unruly", keyOf(t))
			s.wantCall(t, q, "add", `[]`, `1`)
			n := s.neighbours(t)
			began := time.Now()
			got := s.json().call(t, q, "run", `["`+name+`"]`)
			took := time.Since(began)
			switch name {
			case "linear":
				got.want(t, name, 200, `{"o":false}`)
			case "spin", "promises", "regexp":
				got.wantCode(t, name, 400, "action_timed_out")
				s.wantCall(t, q, "get", `[]`, `1`)
			case "map", "toJSON", "generator", "replace", "sort":
				got.want(t, name, 500, masked)
				s.wantCall(t, q, "get", `[]`, `1`)
			default: // undoing the recursion may take longer than the action has
				if got.body != masked && !strings.Contains(got.body, `"c":"action_timed_out"`) {
					t.Errorf("%s: %d %s", name, got.status, got.body)
				}
				s.wantCall(t, q, "get", `[]`, `1`)
			}
			for len(n.times()) < 300 {
				time.Sleep(10 * time.Millisecond) // until there are calls enough
			}
			p99, calls := n.p99()
			t.Logf("%s failed after %v; p99 of %d other calls %v", name, took, calls, p99)
			if p99 > 5*time.Second { // a hang; the figure itself is for the log
				t.Errorf("p99 of other calls is %v", p99)
			}
			if took > 3*time.Second {
				t.Errorf("the call failed after %v only", took)
			}
		})
	}
}

func (n *running) times() []time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.took
}

// More runaways than cores: the others share what time there is, and answer.
func TestManyRunaways(t *testing.T) {
	s := startDev(t, project(t, "isolation"))
	n := s.neighbours(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			q := of("unruly", keyOf(t), "runaway", fmt.Sprint(i))
			s.json().call(t, q, "run", `["spin"]`).wantCode(t, "spin", 400, "action_timed_out")
			s.wantCall(t, q, "get", `[]`, `0`)
		})
	}
	wg.Wait()
	p99, calls := n.p99()
	t.Logf("p99 of %d other calls %v", calls, p99)
	if calls == 0 { // how fast they are is for the benchmark: here, that they are answered
		t.Error("no other call was answered")
	}
}

func TestBoundlessBuiltinsAreRefused(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "isolation"))
	for _, name := range []string{
		"repeat", "fill", "padStart", "padEnd", "bytes", "floats", "buffer", "join", "concat", "replaceAll", "split", "parse", "stringify", "nested",
	} {
		t.Run(name, func(t *testing.T) {
			s.wantCall(t, of("unruly", keyOf(t)), "bounded", `["`+name+`"]`, `"RangeError"`)
		})
	}
}

// A server with little memory outlives actors that fill it.
func TestMemoryBudget(t *testing.T) {
	s := startIn(t, project(t, "isolation"), environ("RIVET_RUNTIME_MEMORY=256MiB"))
	neighbour := of("unruly", keyOf(t), "neighbour")
	s.wantCall(t, neighbour, "add", `[]`, `1`)
	for _, name := range []string{"arrays", "doubling"} {
		t.Run(name, func(t *testing.T) {
			q := of("patient", keyOf(t))
			s.wantCall(t, q, "add", `[]`, `1`)
			s.json().call(t, q, "run", `["`+name+`"]`).wantCode(t, name, 500, "out_of_memory")
			s.wantCall(t, q, "add", `[]`, `2`)
			s.wantCall(t, neighbour, "get", `[]`, `1`)
		})
	}
	t.Run("many small steps", func(t *testing.T) {
		q := of("hoarder", keyOf(t))
		for range 1000 {
			if got := s.json().call(t, q, "hoard", `[]`); got.status != 200 && !strings.Contains(got.body, "out_of_memory") && got.body != masked {
				t.Fatalf("%d %s", got.status, got.body)
			} else if got.status != 200 {
				break
			}
		}
		s.awaitLog(t, "memory is used up")
		s.wantCall(t, neighbour, "get", `[]`, `1`)
	})
}
