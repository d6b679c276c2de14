package server

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

func TestRawHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.CORS = &actor.CORS{Origins: []string{"https://a.example"}} })
	w.actors.fetch = func(c actor.Caller, body actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
		h := map[string][]string{"X-Seen": {c.Request.Method + " " + c.Request.URL}, "x-auth": c.Request.Header["X-Rivetkit-Auth-Data"]}
		if strings.HasSuffix(c.Request.URL, "/own") {
			h["access-control-allow-origin"] = []string{"*"}
		}
		out := respond(201, h)
		if body != nil {
			if _, err := io.Copy(struct{ io.Writer }{writerOnly{out}}, readerOnly{body}); err != nil {
				return out.CloseWithError(err)
			}
		}
		return out.CloseWithError(nil)
	}
	for path, seen := range map[string]string{
		"/registry/actors/raw/http/api/x%20y?y=1&z": "PUT http://actor/api/x%20y?y=1&z",
		"/registry/actors/counter/raw/http/api":     "PUT http://actor/api",
		"/registry/actors/raw/http":                 "PUT http://actor/",
		"/registry/actors/raw/http/":                "PUT http://actor/",
	} {
		got := w.do("PUT", path, jsonHeaders(counterA, "X-RivetKit-Auth-Data", "forged", "Origin", "https://a.example"), "hi")
		if got.status != 201 || got.body != "hi" || got.header.Get("X-Seen") != seen || got.header.Get("X-Auth") != `"auth of counter"` ||
			got.header.Get("Access-Control-Allow-Origin") != "https://a.example" || got.header["Content-Type"] != nil {
			t.Errorf("%s: %+v", path, got)
		}
	}
	got := w.do("GET", "/registry/actors/raw/http/own", jsonHeaders(counterA), "")
	if allow := got.header["Access-Control-Allow-Origin"]; len(allow) != 1 || allow[0] != "*" || got.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("the actor's own CORS: %v", got.header)
	}
	big := strings.Repeat("0123456789abcdef", 64<<10)
	if got := w.do("POST", "/registry/actors/raw/http/x", jsonHeaders(counterA), big); got.body != big {
		t.Errorf("1 MiB echoed as %d bytes", len(got.body))
	}
	if got := w.do("HEAD", "/registry/actors/raw/http/x", jsonHeaders(counterA), ""); got.status != 201 || got.body != "" {
		t.Errorf("HEAD: %+v", got)
	}
}

func TestAConnectionOutlivesABodyThatNobodyReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.actors.fetch = func(_ actor.Caller, _ actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
		out := respond(200, nil)
		if _, err := io.WriteString(out, "unread"); err != nil {
			return err
		}
		return out.CloseWithError(nil)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for n := range 3 {
		req, err := http.NewRequest("PUT", w.url+"/registry/actors/raw/http/x", strings.NewReader("a body"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-RivetKit-Query", counterA)
		if err := req.Write(conn); err != nil {
			t.Fatal(n, err)
		}
		res, err := http.ReadResponse(in, req)
		if err != nil {
			t.Fatalf("request %d: %v", n, err)
		}
		if body, err := io.ReadAll(res.Body); string(body) != "unread" || err != nil {
			t.Fatalf("request %d: %d %q, %v", n, res.StatusCode, body, err)
		}
	}
}

// writerOnly and readerOnly hide what else io.Copy would use.
type (
	writerOnly struct{ actor.BodyWriter }
	readerOnly struct{ actor.BodyReader }
)

func TestRawBodiesAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits.RawBody = 100 })
	w.actors.fetch = func(_ actor.Caller, body actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
		b, err := io.ReadAll(readerOnly{body})
		if err != nil {
			return err
		}
		out := respond(200, nil)
		_, _ = out.Write(b)
		return out.CloseWithError(nil)
	}
	path := "/registry/actors/raw/http/x"
	if got := w.do("POST", path, jsonHeaders(counterA), strings.Repeat("x", 100)); got.status != 200 || len(got.body) != 100 {
		t.Errorf("100 bytes: %+v", got)
	}
	if got := w.do("POST", path, jsonHeaders(counterA), strings.Repeat("x", 101)); got.status != 413 {
		t.Errorf("101 bytes: %+v", got)
	}
	req, _ := http.NewRequest("POST", w.url+path, io.MultiReader(strings.NewReader(strings.Repeat("x", 101)))) // chunked
	req.Header = jsonHeaders(counterA)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || res.StatusCode != 413 {
		t.Fatalf("chunked: %v, %v", res, err)
	}
	_ = res.Body.Close()
}

func TestBrokenResponsesAreNotTakenForWholeOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	mode := "broken"
	w.actors.fetch = func(_ actor.Caller, _ actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
		switch mode {
		case "none":
			return nil
		case "odd":
			respond(99, nil)
			return nil
		}
		out := respond(200, nil)
		_, _ = out.Write([]byte("half"))
		return out.CloseWithError(errors.New("oops"))
	}
	req, _ := http.NewRequest("GET", w.url+"/registry/actors/raw/http/x", nil)
	req.Header = jsonHeaders(counterA)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("half a response was read as whole: %q", b)
	}
	_ = res.Body.Close()
	for _, mode = range []string{"none", "odd"} {
		if got := w.do("GET", "/registry/actors/raw/http/x", jsonHeaders(counterA), ""); got.status != 500 || !strings.Contains(got.body, "invalid_fetch_response") {
			t.Errorf("%s: %+v", mode, got)
		}
	}
}
