package studio

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func TestAProxyKeepsTheRemotesTokenToItself(t *testing.T) {
	t.Parallel()
	const secret = "remote-token"
	var seen []http.Header
	remote := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := r.Header.Clone()
		h.Set("Host", r.Host)
		h.Set("Path", r.Method+" "+r.URL.Path)
		seen = append(seen, h)
		w.Header().Set("Set-Cookie", "a=b")
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(remote.Close)
	at, err := url.Parse(remote.URL + "/below")
	if err != nil {
		t.Fatal(err)
	}
	p := NewProxy(ProxyOptions{Remote: at, Token: secret, NewSession: func(_ context.Context, readOnly bool) (inspect.Session, error) {
		name := "session"
		if readOnly {
			name = "reader"
		}
		return inspect.Session{Session: name, ReadOnly: readOnly, ExpiresAt: time.Now().Add(time.Hour).UnixMilli()}, nil
	}})
	t.Cleanup(p.Close)
	do := func(method, path, body string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://127.0.0.1:9000"+path, strings.NewReader(body))
		for i := 0; i < len(headers); i += 2 {
			if headers[i] == "Host" {
				r.Host = headers[i+1]
			} else {
				r.Header.Set(headers[i], headers[i+1])
			}
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), secret) || strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), ""), "a=b") {
			t.Errorf("%s %s leaks: %s %v", method, path, w.Body, w.Header())
		}
		return w
	}
	const api = "/studio/api/v1"
	enter := func(in inspect.SessionRequest) int {
		body, _ := json.Marshal(in)
		return do("POST", api+"/session", string(body)).Code
	}
	for name, tt := range map[string]struct {
		got, want int
	}{
		"the page":               {do("GET", "/studio/", "").Code, 200},
		"another host":           {do("GET", "/studio/", "", "Host", "evil.example").Code, 421},
		"the API, another host":  {do("GET", api+"/types", "", "Host", "evil.example").Code, 421},
		"another page":           {do("POST", api+"/session", "{}", "Origin", "http://evil.example").Code, 403},
		"a socket of another":    {do("GET", api+"/ws", "", "Upgrade", "websocket", "Origin", "http://evil.example").Code, 403},
		"no session":             {do("GET", api+"/types", "").Code, 401},
		"a session it gave none": {do("GET", api+"/types", "", "Authorization", "Bearer session").Code, 401},
		"the remote's token":     {enter(inspect.SessionRequest{Token: secret}), 401},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", name, tt.got, tt.want)
		}
	}
	if len(seen) != 0 {
		t.Fatalf("the remote was asked: %v", seen)
	}
	if code := enter(inspect.SessionRequest{Token: p.Token()}); code != 200 {
		t.Fatalf("its own token: %d", code)
	}
	if code := enter(inspect.SessionRequest{Code: p.NewCode(), ReadOnly: true}); code != 200 {
		t.Fatalf("a code: %d", code)
	}
	if code := do("GET", api+"/types", "", "Authorization", "Bearer session", "Origin", "http://127.0.0.1:9000", "Cookie", "x=y", "Sec-Fetch-Site", "same-origin").Code; code != 200 {
		t.Errorf("types: %d", code)
	}
	do("POST", api+"/actors", "{}", "Authorization", "Bearer session")
	do("POST", api+"/actors", "{}", "Authorization", "Bearer reader")
	do("DELETE", api+"/session", "", "Authorization", "Bearer session")
	want := []string{
		"GET /below/studio/api/v1/types Bearer remote-token", "POST /below/studio/api/v1/actors Bearer remote-token",
		"POST /below/studio/api/v1/actors Bearer reader", "DELETE /below/studio/api/v1/session Bearer session",
	}
	for i, h := range seen {
		if got := h.Get("Path") + " " + h.Get("Authorization"); i >= len(want) || got != want[i] || h.Get("Host") != at.Host {
			t.Errorf("request %d: %s to %s", i, got, h.Get("Host"))
		}
		for _, name := range []string{"Origin", "Cookie", "Sec-Fetch-Site"} {
			if h.Get(name) != "" {
				t.Errorf("request %d has %s", i, name)
			}
		}
	}
	if code := do("GET", api+"/types", "", "Authorization", "Bearer session").Code; code != 401 {
		t.Errorf("an ended session: %d", code)
	}
}

func TestAProxySaysThatTheRemoteIsGone(t *testing.T) {
	t.Parallel()
	at, _ := url.Parse("http://127.0.0.1:1")
	p := NewProxy(ProxyOptions{Remote: at, Token: "x"})
	t.Cleanup(p.Close)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:9000/studio/api/v1/hello", nil))
	var f inspect.Failure
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != 502 || f.Error.Code != "connection_lost" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
