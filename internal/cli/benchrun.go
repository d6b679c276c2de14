package cli

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	// grace is how long answers are awaited that are under way at the end.
	grace = 5 * time.Second
	// longest is the longest answer that is told from longer ones, in microseconds.
	longest = int64(10 * time.Minute / time.Microsecond)
	// maxErrorCodes bounds the kinds of errors that are told apart.
	maxErrorCodes = 50
)

// measuring is one run of `rivet bench`.
type measuring struct {
	o      benchOptions
	client *client.Client
	began  time.Time
	ended  time.Time
	next   atomic.Int64 // number of the next call that is due, with a rate

	mu         sync.Mutex
	took       *hdrhistogram.Histogram // microseconds
	failed     map[string]*inspect.BenchError
	errors     int64
	unanswered int64
}

func newMeasuring(o benchOptions, c *client.Client) *measuring {
	return &measuring{o: o, client: c, took: hdrhistogram.New(1, longest, 3), failed: map[string]*inspect.BenchError{}}
}

// run calls until the time is over or ctx ends, and returns once every client
// has ended: at most grace later. Its error is that of clients that can't connect.
func (m *measuring) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	callers := make([]caller, m.o.clients)
	defer func() {
		for _, c := range callers {
			if c.conn != nil {
				c.conn.Close()
			}
		}
	}()
	for i := range callers {
		callers[i].m = m
		if err := callers[i].connect(ctx); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return m.o.call.explain(ctx, nil, m.client, err)
		}
	}
	m.mu.Lock()
	m.began = time.Now()
	m.mu.Unlock()
	end := time.AfterFunc(m.o.during+grace, cancel)
	defer end.Stop()
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() { callers[i].run(ctx) })
	}
	wg.Wait()
	m.ended = time.Now()
	return nil
}

// caller is one client; it has one call under way.
type caller struct {
	m    *measuring
	conn *client.Conn // with --ws
}

func (c *caller) connect(ctx context.Context) (err error) {
	if o := &c.m.o.call; o.socket {
		ctx, cancel := o.bound(ctx)
		defer cancel()
		c.conn, err = c.m.client.Connect(ctx, o.query(), client.ConnectOptions{Params: o.params})
	}
	return err
}

func (c *caller) run(ctx context.Context) {
	m := c.m
	end := m.began.Add(m.o.during)
	for ctx.Err() == nil {
		due := time.Now()
		if m.o.rate > 0 {
			n := float64(m.next.Add(1) - 1)
			due = m.began.Add(time.Duration(n / m.o.rate * float64(time.Second)))
		}
		if due.After(end) || time.Now().After(end) || !sleepUntil(ctx, due) {
			return
		}
		err := c.call(ctx)
		took := time.Since(due)
		if err != nil && ctx.Err() != nil {
			m.mu.Lock()
			m.unanswered++
			m.mu.Unlock()
			return
		}
		m.record(took, err)
		if c.conn != nil && err != nil && errs.Is(err, errs.ConnectionLost) {
			c.conn.Close()
			if err := c.connect(ctx); err != nil {
				c.conn = nil
				m.record(0, err)
				return // one client less
			}
		}
	}
}

func (c *caller) call(ctx context.Context) error {
	o := &c.m.o.call
	ctx, cancel := o.bound(ctx)
	defer cancel()
	if c.conn != nil {
		_, err := c.conn.Act(ctx, o.action, o.args...)
		return err
	}
	_, err := c.m.client.Call(ctx, o.query(), o.action, o.args, client.CallOptions{Params: o.params})
	return err
}

// sleepUntil is false if ctx ended first.
func sleepUntil(ctx context.Context, t time.Time) bool {
	d := time.Until(t)
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (m *measuring) record(took time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		_ = m.took.RecordValue(min(max(took.Microseconds(), 1), longest)) // in its range by now
		return
	}
	m.errors++
	e := errs.As(err)
	code := string(e.Code)
	if m.failed[code] == nil && len(m.failed) >= maxErrorCodes {
		code = "other"
	}
	if m.failed[code] == nil {
		m.failed[code] = &inspect.BenchError{Code: code, Message: e.Msg}
	}
	m.failed[code].Count++
}

// soFar is how many calls were answered, and since when.
func (m *measuring) soFar() (calls, failed int64, since time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.took.TotalCount(), m.errors, m.began
}

// result is what was measured, once run has returned.
func (m *measuring) result() *inspect.Benched {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := &m.o.call
	spent := min(m.ended.Sub(m.began), m.o.during)
	r := &inspect.Benched{
		Actor: o.actor, Action: o.action, Transport: "http", Clients: m.o.clients, Seconds: spent.Seconds(),
		Calls: m.took.TotalCount(), Unanswered: m.unanswered, Wanted: m.o.rate, Errors: []inspect.BenchError{}, Histogram: []inspect.BenchBar{},
	}
	if o.socket {
		r.Transport = "websocket"
	}
	if s := m.ended.Sub(m.began).Seconds(); s > 0 {
		r.Rate = float64(r.Calls) / s
	}
	for _, code := range slices.Sorted(maps.Keys(m.failed)) {
		r.Errors = append(r.Errors, *m.failed[code])
	}
	slices.SortStableFunc(r.Errors, func(a, b inspect.BenchError) int { return cmp.Compare(b.Count, a.Count) })
	if r.Calls == 0 {
		return r
	}
	took := m.took
	if m.o.rate == 0 {
		took = corrected(m.took)
	}
	at := func(p float64) int64 { return took.ValueAtPercentile(p) }
	r.Latency = &inspect.BenchLatency{
		Mean: int64(m.took.Mean()), P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: m.took.Max(),
	}
	r.Histogram = bars(m.took)
	return r
}

// corrected is h with the calls that slow ones kept from being made: of a client
// that calls back to back a call is expected every mean time of one.
func corrected(h *hdrhistogram.Histogram) *hdrhistogram.Histogram {
	every := max(int64(h.Mean()), 1)
	out := hdrhistogram.New(1, longest, 3)
	for _, bar := range h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		v := min(bar.To, longest)
		_ = out.RecordValues(v, bar.Count) // it came out of the same range
		// Of very many that are missing, some stand for several each.
		each := 1 + v/every/10_000
		for missing := v - every; missing >= every; missing -= each * every {
			_ = out.RecordValues(missing, bar.Count*each)
		}
	}
	return out
}

// bars sums h up into steps of 1, 2, 5, 10 …
func bars(h *hdrhistogram.Histogram) []inspect.BenchBar {
	var out []inspect.BenchBar
	steps := []int64{1, 2, 5}
	i, unit := 0, int64(1)
	bound := func() int64 { return steps[i] * unit }
	n := int64(0)
	flush := func() {
		if n > 0 || len(out) > 0 {
			out = append(out, inspect.BenchBar{UpTo: bound(), Count: n})
		}
		n = 0
	}
	for _, bar := range h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		for min(bar.To, h.Max()) > bound() {
			flush()
			if i++; i == len(steps) {
				i, unit = 0, unit*10
			}
		}
		n += bar.Count
	}
	flush()
	return out
}
