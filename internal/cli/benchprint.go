package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// showProgress prints on a terminal how it is going; stop it before printing
// anything else.
func (a *App) showProgress(m *measuring) (stop func()) {
	if !a.ErrTTY || a.global.quiet {
		return func() {}
	}
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		t := time.NewTicker(250 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-t.C:
			case <-end:
				fmt.Fprint(a.Err, "\r\x1b[K")
				return
			}
			calls, failed, since := m.soFar()
			if since.IsZero() {
				continue
			}
			spent := time.Since(since)
			line := fmt.Sprintf("%.0f s of %s  %s calls/s", spent.Seconds(), m.o.during, thousands(float64(calls)/spent.Seconds()))
			if failed > 0 {
				line += "  " + plural(int(failed), "error")
			}
			fmt.Fprintf(a.Err, "\r\x1b[K%s", line)
		}
	}()
	return func() { close(end); <-gone }
}

func (a *App) printBench(ctx context.Context, r *inspect.Benched) error {
	switch {
	case a.global.json:
		return a.printJSON(ctx, r)
	case a.OutTTY:
		return a.drawBench(r)
	}
	t := &table{cols: make([]column, 2)}
	row := func(name, v string) { t.add(word(name), word(v)) }
	row("calls", strconv.FormatInt(r.Calls, 10))
	row("rate", strconv.FormatFloat(r.Rate, 'f', 1, 64))
	for _, l := range latencies(r.Latency) {
		row(l.name, strconv.FormatInt(l.us, 10))
	}
	row("unanswered", strconv.FormatInt(r.Unanswered, 10))
	for _, e := range r.Errors {
		row("error "+e.Code, strconv.FormatInt(e.Count, 10))
	}
	return a.printTable(t)
}

type latency struct {
	name string
	us   int64
}

func latencies(l *inspect.BenchLatency) []latency {
	if l == nil {
		return nil
	}
	return []latency{{"mean", l.Mean}, {"p50", l.P50}, {"p90", l.P90}, {"p99", l.P99}, {"p99.9", l.P999}, {"max", l.Max}}
}

func (a *App) drawBench(r *inspect.Benched) error {
	p := painter(a.colorOut())
	var b strings.Builder
	over := map[string]string{"http": "HTTP", "websocket": "WebSocket"}[r.Transport]
	fmt.Fprintf(&b, "%s %s  %s\n\n", p.bold(safe.Text(r.Actor)), p.bold(safe.Text(r.Action)),
		p.dim(fmt.Sprintf("%s over %s, %.1f s", plural(r.Clients, "client"), over, r.Seconds)))
	fmt.Fprintf(&b, "  %-6s %s calls/s  %s\n", "rate", p.bold(thousands(r.Rate)), p.dim(thousands(float64(r.Calls))+" calls"))
	for _, l := range latencies(r.Latency) {
		fmt.Fprintf(&b, "  %-6s %s\n", l.name, tookText(l.us))
	}
	if r.Unanswered > 0 {
		fmt.Fprintf(&b, "  %s\n", p.yellow(plural(int(r.Unanswered), "call")+" had no answer when it ended"))
	}
	if missed := r.Wanted*r.Seconds - float64(r.Calls+r.Unanswered) - errorCount(r); r.Wanted > 0 && missed > r.Wanted/10 {
		fmt.Fprintf(&b, "  %s\n", p.yellow(thousands(missed)+" calls of the rate could not be made: more clients (-c) or a lower --rate"))
	}
	for _, e := range r.Errors {
		fmt.Fprintf(&b, "  %s  %s\n", p.red(plural(int(e.Count), "error")+" "+safe.Text(e.Code)), safe.Text(oneLine.Replace(e.Message)))
	}
	a.drawBars(&b, p, r)
	_, err := a.Out.Write([]byte(b.String()))
	return err
}

func errorCount(r *inspect.Benched) float64 {
	n := int64(0)
	for _, e := range r.Errors {
		n += e.Count
	}
	return float64(n)
}

// drawBars draws how the answers are spread; times are those that were seen.
func (a *App) drawBars(b *strings.Builder, p painter, r *inspect.Benched) {
	most := int64(0)
	for _, bar := range r.Histogram {
		most = max(most, bar.Count)
	}
	if most == 0 {
		return
	}
	b.WriteByte('\n')
	wide := max(8, min(a.width(), 120)-26)
	for _, bar := range r.Histogram {
		eighths := int(float64(bar.Count) / float64(most) * float64(wide) * 8)
		line := strings.Repeat("█", eighths/8) + []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths%8]
		if line == "" && bar.Count > 0 {
			line = "▏"
		}
		fmt.Fprintf(b, "  ≤ %-8s %s %s\n", tookText(bar.UpTo), p.cyan(line), p.dim(thousands(float64(bar.Count))))
	}
}

// thousands is a number with a comma every three digits.
func thousands(f float64) string {
	s := strconv.FormatFloat(f, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
