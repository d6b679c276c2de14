package daemon

import (
	"fmt"
	"io"
	"maps"
	"runtime/metrics"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// buckets are the bounds of the histogram of actions' times, in seconds.
var buckets = [...]float64{0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30}

// counters are what /metrics counts: a set for each actor type. Noting an entry
// costs a few atomic additions.
type counters struct {
	began time.Time
	types sync.Map // actor type → *typeCounters
}

type typeCounters struct {
	actions, failed, runs, runsFailed, events, starts, logged atomic.Uint64
	nanos                                                     atomic.Uint64
	within                                                    [len(buckets)]atomic.Uint64
}

// note counts an entry of an actor; called while the actor waits.
func (c *counters) note(e *actor.Entry) {
	if e.Actor == nil {
		return
	}
	v, ok := c.types.Load(e.Actor.Name)
	if !ok {
		v, _ = c.types.LoadOrStore(e.Actor.Name, &typeCounters{})
	}
	t := v.(*typeCounters)
	switch e.Kind {
	case actor.EntryAction:
		t.actions.Add(1)
		if e.Err != nil {
			t.failed.Add(1)
		}
		t.nanos.Add(uint64(max(e.Took, 0)))
		for i, bound := range buckets {
			if e.Took.Seconds() <= bound {
				t.within[i].Add(1)
				break
			}
		}
	case actor.EntrySchedule:
		t.runs.Add(1)
		if e.Err != nil {
			t.runsFailed.Add(1)
		}
	case actor.EntryEvent:
		t.events.Add(1)
	case actor.EntryStart:
		t.starts.Add(1)
	case actor.EntryLog:
		if e.Log != nil && e.Log.Level >= actor.LogError {
			t.logged.Add(1)
		}
	}
}

// metricsText writes them in the text format of Prometheus.
func (d *Daemon) metricsText(w io.Writer) {
	put := func(name, kind, help string) {
		fmt.Fprintf(w, "# HELP rivet_%s %s\n# TYPE rivet_%s %s\n", name, help, name, kind)
	}
	gauge := func(name, help string, v any) {
		put(name, "gauge", help)
		fmt.Fprintf(w, "rivet_%s %v\n", name, v)
	}
	put("info", "gauge", "The version that runs.")
	fmt.Fprintf(w, "rivet_info{version=%s,instance=%s} 1\n", strconv.Quote(d.o.Version), strconv.Quote(d.instance))
	gauge("uptime_seconds", "For how long this server has run.", time.Since(d.counters.began).Seconds())
	if r := d.running.Load(); r != nil {
		s := r.engine.Stats()
		gauge("actors_awake", "Actors in memory.", s.Awake)
		gauge("connections", "Connections of clients to actors.", s.Conns)
	}
	gauge("sockets", "Open WebSockets and streams.", d.server.Sockets())
	gauge("calls_waiting", "Calls that were begun and not answered.", d.server.Waiting())
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}}
	metrics.Read(heap)
	gauge("heap_bytes", "Memory of live objects.", heap[0].Value.Uint64())
	gauge("memory_bytes", "Memory that the process has reserved.", heap[1].Value.Uint64())
	d.counters.write(w, put)
}

func (c *counters) write(w io.Writer, put func(name, kind, help string)) {
	types := map[string]*typeCounters{}
	c.types.Range(func(k, v any) bool { types[k.(string)] = v.(*typeCounters); return true })
	names := slices.Sorted(maps.Keys(types))
	count := func(name, help string, of func(*typeCounters) *atomic.Uint64) {
		put(name, "counter", help)
		for _, n := range names {
			fmt.Fprintf(w, "rivet_%s{type=%s} %d\n", name, strconv.Quote(n), of(types[n]).Load())
		}
	}
	count("action_errors_total", "Actions that failed.", func(t *typeCounters) *atomic.Uint64 { return &t.failed })
	count("schedule_runs_total", "Runs of schedules.", func(t *typeCounters) *atomic.Uint64 { return &t.runs })
	count("schedule_errors_total", "Runs of schedules that failed.", func(t *typeCounters) *atomic.Uint64 { return &t.runsFailed })
	count("events_total", "Events that were sent.", func(t *typeCounters) *atomic.Uint64 { return &t.events })
	count("starts_total", "Starts of actors.", func(t *typeCounters) *atomic.Uint64 { return &t.starts })
	count("logged_errors_total", "Lines that were logged as errors.", func(t *typeCounters) *atomic.Uint64 { return &t.logged })
	put("action_duration_seconds", "histogram", "How long actions took.")
	for _, n := range names {
		t, q := types[n], strconv.Quote(n)
		total, sum := t.actions.Load(), uint64(0)
		for i, bound := range buckets {
			sum += t.within[i].Load()
			fmt.Fprintf(w, "rivet_action_duration_seconds_bucket{type=%s,le=\"%g\"} %d\n", q, bound, min(sum, total))
		}
		fmt.Fprintf(w, "rivet_action_duration_seconds_bucket{type=%s,le=\"+Inf\"} %d\n", q, total)
		fmt.Fprintf(w, "rivet_action_duration_seconds_sum{type=%s} %g\n", q, time.Duration(t.nanos.Load()).Seconds())
		fmt.Fprintf(w, "rivet_action_duration_seconds_count{type=%s} %d\n", q, total)
	}
}
