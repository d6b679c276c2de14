// Command bench measures a running rivet from outside, on one machine: actions
// over HTTP and WebSocket, fan-out, connecting. It starts the server itself:
//
//	go run ./bench            every measurement
//	go run ./bench http-32    the named ones
//
// Each line is one figure with its p50 and p99. Absolute figures drift between
// machines: compare runs made side by side.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

type measurement struct {
	name string
	what string
	run  func(ctx context.Context, s *target, d time.Duration) (result, error)
}

// goals are what some measurements are to come to, on two cores.
var goals = map[string]struct {
	rate     float64       // at least, a second; 0: any
	p50, p99 time.Duration // at most; 0: any
}{
	"command-help": {p50: 15 * time.Millisecond},
	"command-call": {p50: 30 * time.Millisecond},
	"command-tab":  {p50: 50 * time.Millisecond},
	"fanout-1000":  {rate: 250_000},
	"reload-1000":  {p50: 40 * time.Millisecond},
	"spin":         {p99: 250 * time.Millisecond},
}

// result is one figure: how many a second, and the latencies that were seen.
type result struct {
	n       int
	took    time.Duration
	latency []time.Duration
	unit    string
}

var all = []measurement{
	{"command-help", "rivet --help, a process each", command("--help")},
	{"command-call", "rivet call, a process each", command("call", "counter/cli", "increment", "1")},
	{"command-tab", "a completion with live keys, a process each", command("__complete", "call", "counter/")},
	{"plain-32", "yardstick: plain net/http, 32 clients", plain(32)},
	{"plain-128", "yardstick: plain net/http, 128 clients", plain(128)},
	{"http-1", "HTTP actions, 1 actor, 1 client", httpActions(1, 1)},
	{"http-32", "HTTP actions, 1 actor, 32 clients", httpActions(1, 32)},
	{"http-128", "HTTP actions, 1 actor, 128 clients", httpActions(1, 128)},
	{"http-1000x64", "HTTP actions over 1,000 actors, 64 clients", httpActions(1000, 64)},
	{"ws-1", "one WebSocket, 1 in flight", socketActions(1)},
	{"ws-32", "one WebSocket, 32 in flight", socketActions(32)},
	{"connect-1000", "connecting 1,000 sockets", connecting(1000)},
	{"fanout-100", "fan-out to 100 sockets", fanout(100)},
	{"fanout-1000", "fan-out to 1,000 sockets", fanout(1000)},
	{"reload-1000", "save to new code, 1,000 actors and sockets", reloading(1000, 30)},
	{"spin", "8 clients, 64 actors, beside one in for(;;){}", spinning(8, 64)},
	{"create-10000", "creating 10,000 actors", creating(10_000)},
}

func main() {
	d := flag.Duration("d", 3*time.Second, "how long each measurement runs")
	bin := flag.String("rivet", "", "the binary to measure (default: built from this source)")
	url := flag.String("url", "", "measure the server at this URL instead of starting one")
	profile := flag.String("cpuprofile", "", "write the server's CPU profile to this file (with -rivet or none)")
	yardstick := flag.Bool("serve-plain", false, "be the yardstick (internal)")
	flag.Parse()
	if *yardstick {
		fmt.Fprintln(os.Stderr, "bench:", servePlain())
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *bin, *url, *profile, *d, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, url, profile string, d time.Duration, names []string) error {
	s, err := startTarget(ctx, bin, url, profile, d)
	if err != nil {
		return err
	}
	defer s.stop()
	if s.ready > 0 {
		fmt.Printf("%-44s %10.0f ms\n", "start to first action answered", float64(s.ready.Microseconds())/1000)
	}
	for _, m := range all {
		if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(m.name, n) }) {
			continue
		}
		r, err := m.run(ctx, s, d)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		slices.Sort(r.latency)
		fmt.Printf("%-44s %10.0f %s/s   p50 %8.3f ms   p99 %8.3f ms%s\n", m.what,
			float64(r.n)/r.took.Seconds(), r.unit, ms(r.latency, 0.50), ms(r.latency, 0.99), againstGoal(m.name, r))
	}
	if kb, err := s.memory(); err == nil {
		fmt.Printf("%-44s %10d MB\n", "memory after this", kb/1024)
	}
	return nil
}

// againstGoal says whether a result is what it is to be.
func againstGoal(name string, r result) string {
	g, ok := goals[name]
	if !ok {
		return ""
	}
	var want []string
	met := true
	if g.rate > 0 {
		want = append(want, fmt.Sprintf("%.0f/s", g.rate))
		met = met && float64(r.n)/r.took.Seconds() >= g.rate
	}
	for q, limit := range map[float64]time.Duration{0.50: g.p50, 0.99: g.p99} {
		if limit > 0 {
			want = append(want, fmt.Sprintf("p%.0f %v", q*100, limit))
			met = met && ms(r.latency, q) <= float64(limit)/1e6
		}
	}
	if met {
		return "   goal " + strings.Join(want, ", ") + ": met"
	}
	return "   goal " + strings.Join(want, ", ") + ": MISSED"
}

func ms(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)].Nanoseconds()) / 1e6
}
