package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"

	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// TestCoordinatedOmission: a client that is answered 99 times in 1 ms and then
// once in a second didn't make some 90 calls that would have been slow too: the
// mean time of its calls is 11 ms. As it was seen, its p99 is 1 ms.
func TestCoordinatedOmission(t *testing.T) {
	t.Parallel()
	h := hdrhistogram.New(1, longest, 3)
	if err := h.RecordValues(1000, 99); err != nil {
		t.Fatal(err)
	}
	if err := h.RecordValue(1_000_000); err != nil {
		t.Fatal(err)
	}
	seen, fixed := h.ValueAtPercentile(99), corrected(h).ValueAtPercentile(99)
	if seen > 1100 || fixed < 900_000 {
		t.Errorf("p99 %d µs as seen, %d µs corrected; want 1,000 and nearly a second", seen, fixed)
	}
	if h.ValueAtPercentile(50) > 1100 {
		t.Error("the histogram that was seen has changed")
	}
}

// TestBars: every answer is in one bar, in that which its time says; and to sum
// up and to correct takes no longer, however the times are spread.
func TestBars(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := hdrhistogram.New(1, longest, 3)
		times := rapid.SliceOfN(rapid.Int64Range(1, longest), 1, 30).Draw(t, "times")
		for _, us := range times {
			if err := h.RecordValue(us); err != nil {
				t.Fatal(err)
			}
		}
		sum, last := int64(0), int64(0)
		for _, b := range bars(h) {
			if b.UpTo <= last || strings.Trim(thousands(float64(b.UpTo)), "0,") > "5" {
				t.Fatalf("a bar up to %d after one up to %d", b.UpTo, last)
			}
			sum, last = sum+b.Count, b.UpTo
		}
		if sum != int64(len(times)) {
			t.Fatalf("%d answers in the bars of %v", sum, times)
		}
		if n := corrected(h).TotalCount(); n < int64(len(times)) {
			t.Fatalf("%d of %d are left", n, len(times))
		}
	})
}

func TestBenchAtATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	a := &App{Out: &out, OutTTY: true, Width: 60, env: map[string]string{}}
	a.global.color = "never"
	r := &inspect.Benched{
		Actor: "counter/a\x1b[31m", Action: "get", Transport: "websocket", Clients: 1, Seconds: 5, Wanted: 1000, Calls: 1234, Rate: 246.8, Unanswered: 1,
		Latency:   &inspect.BenchLatency{Mean: 950, P50: 800, P90: 12_345, P99: 99_999, P999: 1_500_000, Max: 2_000_000},
		Errors:    []inspect.BenchError{{Code: "odd", Message: "Odd\nindeed.", Count: 2}},
		Histogram: []inspect.BenchBar{{UpTo: 500, Count: 1}, {UpTo: 1000, Count: 1000}, {UpTo: 2000}, {UpTo: 5000, Count: 233}},
	}
	if err := a.drawBench(r); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "bench.txt", []byte(out.String()))
}

// TestBenchCounts: what the server answered and refused is what is counted.
func TestBenchCounts(t *testing.T) {
	t.Parallel()
	var ok, refused atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if ok.Load()%3 == 2 && refused.Load() < ok.Load() {
			refused.Add(1)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"c":"odd","m":"Odd."}`) // the client may have gone
			return
		}
		ok.Add(1)
		_, _ = io.WriteString(w, `{"o":1}`)
	}))
	t.Cleanup(server.Close)
	code, out, errOut := run(t, &App{}, "bench", "counter/a", "x", "--url", server.URL, "-d", "100ms", "-c", "8", "--json", "-q")
	var r inspect.Benched
	if code != 0 || json.Unmarshal([]byte(out), &r) != nil {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	if r.Calls != ok.Load()-1 || len(r.Errors) != 1 || r.Errors[0].Code != "odd" || r.Errors[0].Count != refused.Load() || r.Unanswered != 0 {
		t.Errorf("%+v; the server answered %d, the one before the measuring included, and refused %d", r, ok.Load(), refused.Load())
	}
}
