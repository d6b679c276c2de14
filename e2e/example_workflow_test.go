package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

func TestExampleWorkflow(t *testing.T) {
	t.Parallel()
	p := newPayments(t)
	env := "PAYMENT_URL=" + p.URL
	s := example(t, "workflow", env)
	server := func(args ...string) {
		t.Helper()
		if _, stderr, code := rivet(t, s.dir, append([]string{"call"}, args...)...); code != 0 {
			t.Fatalf("call %q: %s", args, stderr)
		}
	}
	order := func(id, cart string) string {
		return `{"getOrCreateForKey":{"name":"order","key":["` + id + `"],"input":` + cart + `}}`
	}
	left := func(want string) {
		t.Helper()
		s.wantCall(t, of("warehouse"), "overview", `[["lamp","chair"]]`, want)
	}
	server("stock/lamp", "fill", "5")
	left(`{"lamp":5,"chair":0}`)
	s.json().call(t, of("stock", "lamp"), "fill", `[5]`).wantCode(t, "the public at the stock", 403, "forbidden")

	good := order("good", `{"item":"lamp","quantity":2,"card":"good"}`)
	c := s.wired().connect(t, good, "")
	c.subscribe("status", true)
	s.eventually(t, good, "status", `[]`, `{"status":"done","reason":""}`)
	left(`{"lamp":3,"chair":0}`)

	declined := order("declined", `{"item":"lamp","quantity":2,"card":"declined"}`)
	s.eventually(t, declined, "status", `[]`, `{"status":"refused","reason":"card_declined"}`)
	left(`{"lamp":3,"chair":0}`) // given back
	out := order("out", `{"item":"lamp","quantity":4,"card":"good"}`)
	s.eventually(t, out, "status", `[]`, `{"status":"refused","reason":"sold_out"}`)
	s.json().call(t, order("bad", `{}`), "status", `[]`).wantCode(t, "a bad cart", 400, "bad_cart")
	s.json().call(t, good, "run", `[]`).wantCode(t, "run by a client", 400, "not_yours")

	// The server dies while the provider thinks; the order goes on after that.
	slow := order("slow", `{"item":"lamp","quantity":1,"card":"slow"}`)
	s.wantCall(t, slow, "status", `[]`, `{"status":"reserving","reason":""}`)
	select {
	case <-p.slow:
	case <-time.After(patience):
		t.Fatal("the card is never charged")
	}
	s = s.restarted(t, env)
	close(p.go_)
	s.eventually(t, slow, "status", `[]`, `{"status":"done","reason":""}`)
	left(`{"lamp":2,"chair":0}`)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) != 3 { // good, declined, slow
		t.Errorf("idempotency keys: %v", p.keys)
	}
}

// payments is a payment provider: it declines one card and thinks about another.
type payments struct {
	*httptest.Server
	slow chan struct{} // one for each request that waits
	go_  chan struct{} // closed: it need not wait any more

	mu   sync.Mutex
	keys map[string]int
}

func newPayments(t *testing.T) *payments {
	p := &payments{slow: make(chan struct{}, 10), go_: make(chan struct{}), keys: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Card string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		p.keys[r.Header.Get("Idempotency-Key")]++
		p.mu.Unlock()
		switch body.Card {
		case "declined":
			w.WriteHeader(http.StatusPaymentRequired)
		case "slow":
			p.slow <- struct{}{}
			select {
			case <-p.go_:
			case <-r.Context().Done():
			}
		}
	}))
	t.Cleanup(p.CloseClientConnections)
	return p
}
