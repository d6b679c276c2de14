package client

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

var counter = Query{Kind: GetOrCreate, Name: "counter", Key: []string{"a"}}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func eachEncoding(t *testing.T, run func(t *testing.T, e Encoding)) {
	for _, e := range []Encoding{CBOR, JSON} {
		t.Run(string(e), func(t *testing.T) { run(t, e) })
	}
}

func wantFailure(t *testing.T, err error) {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != "bad_thing" || e.Msg != "That was bad." {
		t.Fatalf("got error %v, want bad_thing", err)
	}
	if max, _ := e.Metadata.(*value.Object).Get("max"); max != 3.0 {
		t.Errorf("metadata.max = %v, want 3", max)
	}
}

func TestCallAnswersWithTheOutput(t *testing.T) {
	eachEncoding(t, func(t *testing.T, e Encoding) {
		_, url := startFake(t)
		c := newClient(t, Options{URL: url, Encoding: e})
		for _, action := range []string{"echo", "a b/ü"} {
			out, err := c.Call(t.Context(), counter, action, []value.Value{"hi ☃"}, CallOptions{})
			if err != nil || out != "hi ☃" {
				t.Errorf("%s = %v, %v; want hi ☃", action, out, err)
			}
		}
		out, err := c.Call(t.Context(), counter, "void", nil, CallOptions{})
		if _, ok := out.(value.Undefined); !ok || err != nil {
			t.Errorf("void = %v, %v; want undefined", out, err)
		}
		_, err = c.Call(t.Context(), counter, "fail", nil, CallOptions{})
		wantFailure(t, err)
	})
}

func TestCBORKeepsWhatJSONCannot(t *testing.T) {
	_, url := startFake(t)
	big := new(big.Int).Lsh(big.NewInt(1), 80)
	c := newClient(t, Options{URL: url})
	out, err := c.Call(t.Context(), counter, "echo", []value.Value{big}, CallOptions{})
	if !reflect.DeepEqual(out, value.Value(big)) || err != nil {
		t.Errorf("echo = %v, %v; want %v", out, err, big)
	}
	c = newClient(t, Options{URL: url, Encoding: JSON})
	if _, err := c.Call(t.Context(), counter, "echo", []value.Value{big}, CallOptions{}); !errs.Is(err, errs.InvalidRequest) {
		t.Errorf("in JSON: %v, want invalid_request", err)
	}
}

func TestHeadersSayWhoAndWhich(t *testing.T) {
	f, url := startFake(t)
	c := newClient(t, Options{URL: url + "/", Token: "tok", Params: object("p", "ü(")})
	id, err := c.Resolve(t.Context(), Query{Kind: Create, Name: "c", Key: []string{"é", "😀"}, Input: 1.0, Region: "eu"}, CallOptions{})
	if id != "704e99e868244ebb" || err != nil {
		t.Fatalf("Resolve = %q, %v", id, err)
	}
	h := <-f.header
	for name, want := range map[string]string{
		"Authorization":          "Bearer tok",
		"X-Rivetkit-Query":       `{"create":{"name":"c","key":["\u00e9","\ud83d\ude00"],"input":1,"region":"eu"}}`,
		"X-Rivetkit-Conn-Params": `{"p":"\u00fc("}`,
		"X-Rivetkit-Encoding":    "cbor",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestEachTransportCarriesActionsEventsAndErrors(t *testing.T) {
	for _, transport := range []Transport{WebSocket, SSE} {
		t.Run(string(transport), func(t *testing.T) {
			eachEncoding(t, func(t *testing.T, e Encoding) {
				_, url := startFake(t)
				c := newClient(t, Options{URL: url, Encoding: e, Params: "p(x)"})
				events := make(chan Event, 1)
				conn, err := c.Connect(t.Context(), counter, ConnectOptions{Transport: transport, OnEvent: func(e Event) { events <- e }})
				if err != nil {
					t.Fatal(err)
				}
				if conn.ID() != "c1" || conn.ActorID() != "704e99e868244ebb" {
					t.Errorf("got connection %q of actor %q", conn.ID(), conn.ActorID())
				}
				out, err := conn.Act(t.Context(), "echo", 5.0)
				if out != 5.0 || err != nil {
					t.Errorf("echo = %v, %v; want 5", out, err)
				}
				_, err = conn.Act(t.Context(), "fail")
				wantFailure(t, err)
				if err := conn.Subscribe(t.Context(), "news"); err != nil {
					t.Fatal(err)
				}
				want := Event{Name: "news", Args: []value.Value{1.0, "x"}}
				if got := <-events; !reflect.DeepEqual(got, want) {
					t.Errorf("got event %v, want %v", got, want)
				}
				conn.Close()
				conn.Close()
				if conn.Err() != nil {
					t.Errorf("after Close: %v, want no error", conn.Err())
				}
				if _, err := conn.Act(t.Context(), "echo", 1.0); !errs.Is(err, errs.ConnectionLost) {
					t.Errorf("Act after Close: %v, want connection_lost", err)
				}
			})
		})
	}
}

func TestLostConnectionFailsWhatIsInFlight(t *testing.T) {
	for _, transport := range []Transport{WebSocket, SSE} {
		t.Run(string(transport), func(t *testing.T) {
			_, url := startFake(t)
			conn, err := newClient(t, Options{URL: url}).Connect(t.Context(), counter, ConnectOptions{Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Act(t.Context(), "die"); !errs.Is(err, errs.ConnectionLost) {
				t.Errorf("got %v, want connection_lost", err)
			}
			<-conn.Done()
			if !errs.Is(conn.Err(), errs.ConnectionLost) {
				t.Errorf("Err() = %v, want connection_lost", conn.Err())
			}
			conn.Close()
		})
	}
}

func TestBothTransportsTellWhyTheyWereClosed(t *testing.T) {
	for name, tt := range map[string]struct {
		code   int
		reason string
		want   string
	}{
		"disconnected":       {1000, `so "long"`, `connection_lost: the connection was closed with code 1000 so "long"`},
		"restarting":         {1012, "reload", "connection_lost: the connection was closed with code 1012 reload"},
		"refused for a code": {1011, "storage_unavailable", "storage_unavailable: the server closed the connection: storage_unavailable"},
	} {
		for _, transport := range []Transport{WebSocket, SSE} {
			t.Run(name+" "+string(transport), func(t *testing.T) {
				f, url := startFake(t)
				f.code, f.reason = tt.code, tt.reason
				conn, err := newClient(t, Options{URL: url}).Connect(t.Context(), counter, ConnectOptions{Transport: transport})
				if err != nil {
					t.Fatal(err)
				}
				_, _ = conn.Act(t.Context(), "die")
				<-conn.Done()
				if got := conn.Err(); got == nil || got.Error() != tt.want {
					t.Errorf("Err() = %v, want %s", got, tt.want)
				}
				conn.Close()
			})
		}
	}
}

func TestARefusedMessageFailsItsCallAlone(t *testing.T) {
	f, url := startFake(t)
	conn, err := newClient(t, Options{URL: url}).Connect(t.Context(), counter, ConnectOptions{Transport: SSE})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f.refuse.Store(true)
	if _, err := conn.Act(t.Context(), "echo", 1.0); !errs.Is(err, errs.MessageTooLong) {
		t.Errorf("refused: %v, want message_too_long", err)
	}
	f.refuse.Store(false)
	if out, err := conn.Act(t.Context(), "echo", 2.0); out != 2.0 || err != nil {
		t.Errorf("the next: %v, %v; want 2", out, err)
	}
}

func TestConnectTellsWhyItWasRefused(t *testing.T) {
	for _, transport := range []Transport{WebSocket, SSE} {
		t.Run(string(transport), func(t *testing.T) {
			_, url := startFake(t)
			q := Query{Kind: GetForKey, Name: "missing"}
			_, err := newClient(t, Options{URL: url}).Connect(t.Context(), q, ConnectOptions{Transport: transport})
			if !errs.Is(err, errs.ActorNotFound) {
				t.Errorf("got %v, want actor_not_found", err)
			}
		})
	}
}

func TestBadServersAreClearErrors(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		code    errs.Code
	}{
		"HTML with 200": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hi")) }, errs.MalformedMessage},
		"502":           {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) }, errs.NoServer},
		"null":          {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("null")) }, errs.MalformedMessage},
		"JSON error to a CBOR client": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(401)
			_, _ = w.Write([]byte(`{"c":"unauthorized","m":"no"}`))
		}, errs.Unauthorized},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(tt.handler)
			defer srv.Close()
			e := CBOR
			if name != "JSON error to a CBOR client" {
				e = JSON
			}
			_, err := newClient(t, Options{URL: srv.URL, Encoding: e}).Call(t.Context(), counter, "x", nil, CallOptions{})
			if !errs.Is(err, tt.code) {
				t.Errorf("got %v, want %s", err, tt.code)
			}
		})
	}
}

func TestNoServerIsSaidWithAHint(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	c := newClient(t, Options{URL: srv.URL})
	_, err := c.Call(t.Context(), counter, "x", nil, CallOptions{})
	if e := errs.As(err); e.Code != errs.NoServer || e.Hint == "" {
		t.Errorf("got %v, want no_server with a hint", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("changed my mind")
	cancel(why)
	if _, err := c.Call(ctx, counter, "x", nil, CallOptions{}); !errors.Is(err, why) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

func TestNewRefusesWhatIsNoURL(t *testing.T) {
	for _, u := range []string{"", "localhost:8080", "ftp://x", "http://", "%"} {
		if _, err := New(Options{URL: u}); !errs.Is(err, errs.Usage) {
			t.Errorf("New(%q): %v, want usage", u, err)
		}
	}
	c := newClient(t, Options{URL: "http://h:1/base/registry/"})
	if got := c.URL(); got != "http://h:1/base/registry" {
		t.Errorf("URL() = %s", got)
	}
}
