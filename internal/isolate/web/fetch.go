package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// maxRedirects is how many redirects fetch follows.
const maxRedirects = 20

// fetchNative is what fetch.js needs of Go.
func (p *platform) fetchNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"fetch": p.fetch,
		"percentDecode": func(c goja.FunctionCall) goja.Value {
			s, err := url.PathUnescape(textArg(c.Argument(0)))
			if err != nil {
				s = textArg(c.Argument(0))
			}
			return p.newBytes([]byte(s))
		},
	})
}

// outgoing is one fetch.
type outgoing struct {
	p        *platform
	task     Task
	req      *http.Request
	redirect string
	cancel   context.CancelFunc
	resolve  func(any) error
	reject   func(any) error
	settled  bool // isolate's goroutine only
}

// fetch(method, url, headers, redirect, body, streaming) returns {promise, abort, sink}.
// body is bytes, a native source or null; with streaming it comes through sink.
func (p *platform) fetch(c goja.FunctionCall) goja.Value {
	task := p.h.Task(FetchTask)
	ctx, cancel := context.WithCancel(task.Context())
	o := &outgoing{p: p, task: task, redirect: c.Argument(3).String(), cancel: cancel}
	promise, resolve, reject := p.vm.NewPromise()
	o.resolve, o.reject = resolve, reject
	body, size, sink := p.requestBody(c.Argument(4), c.Argument(5).ToBoolean())
	req, err := http.NewRequestWithContext(ctx, c.Argument(0).String(), c.Argument(1).String(), body)
	if err != nil {
		cancel()
		task.Done()
		p.throwType("fetch failed: %v", err)
	}
	if size >= 0 {
		req.ContentLength = size
	}
	setHeaders(req, p.strings(c.Argument(2)))
	o.req = req
	p.permit(func(err error) {
		if err != nil {
			o.fail(err)
			return
		}
		go o.do()
	})
	call := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"abort": func(goja.FunctionCall) goja.Value {
			cancel()
			o.fail(errors.New("aborted"))
			return goja.Undefined()
		},
	})
	must(call.Set("promise", promise))
	if sink != nil {
		must(call.Set("sink", sink))
	}
	return call
}

// requestBody makes the reader of a request's body; size is -1 if it is unknown.
func (p *platform) requestBody(v goja.Value, streaming bool) (body io.Reader, size int64, sink *goja.Object) {
	if streaming {
		r, w := io.Pipe()
		return r, -1, p.newSink(w, p.h.Task(UnrefTask), nil)
	}
	if src := p.sourceOf(v); src != nil {
		return src, -1, nil
	}
	if b, ok := bytesOf(v); ok {
		return bytes.NewReader(append([]byte(nil), b...)), int64(len(b)), nil
	}
	return http.NoBody, 0, nil
}

// setHeaders puts a flat list of names and values on a request.
func setHeaders(req *http.Request, flat []string) {
	for i := 0; i+1 < len(flat); i += 2 {
		switch flat[i] {
		case "host":
			req.Host = flat[i+1]
		case "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade":
			// net/http decides these
		default:
			req.Header.Add(flat[i], fromLatin1(flat[i+1]))
		}
	}
	for name, v := range map[string]string{"Accept": "*/*", "User-Agent": "rivet", "Accept-Language": "*"} {
		if req.Header.Get(name) == "" {
			req.Header.Set(name, v)
		}
	}
}

// fromLatin1 turns a byte string of JavaScript into bytes.
func fromLatin1(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii = false
		}
	}
	if ascii {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// do sends the request; on its own goroutine.
func (o *outgoing) do() {
	client := *o.p.h.HTTPClient()
	check := client.CheckRedirect
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		switch {
		case o.redirect == "manual":
			return http.ErrUseLastResponse
		case o.redirect == "error":
			return errors.New("unexpected redirect")
		case len(via) > maxRedirects:
			return errors.New("redirect count exceeded")
		case check != nil:
			return check(req, via)
		}
		return nil
	}
	client.Timeout = 0
	res, err := client.Do(o.req)
	o.p.enter(o.task, func() {
		if err != nil {
			o.fail(err)
			return
		}
		o.respond(res)
	})
	if err == nil {
		context.AfterFunc(o.task.Context(), func() { _ = res.Body.Close() })
	}
}

// fail rejects the promise with a TypeError, as the Fetch Standard says.
func (o *outgoing) fail(err error) {
	if o.settled {
		return
	}
	o.settled = true
	o.cancel()
	if b := o.req.Body; b != nil {
		_ = b.Close()
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	v := o.p.vm.NewTypeError("fetch failed")
	cause := o.p.newError("Error", err.Error())
	_ = v.DefineDataProperty("cause", cause, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = o.reject(v)
	o.task.Done()
}

// respond resolves the promise with what fetch.js makes a Response of.
func (o *outgoing) respond(res *http.Response) {
	if o.settled {
		_ = res.Body.Close()
		return
	}
	o.settled = true
	p := o.p
	raw := p.vm.NewObject()
	_, text, _ := strings.Cut(res.Status, " ")
	must(raw.Set("status", res.StatusCode))
	must(raw.Set("statusText", text))
	must(raw.Set("url", res.Request.URL.String()))
	must(raw.Set("redirected", res.Request != o.req && res.Request.URL.String() != o.req.URL.String()))
	must(raw.Set("headers", p.headerList(res.Header)))
	body := res.Body
	if strings.EqualFold(res.Header.Get("Content-Encoding"), "gzip") && !res.Uncompressed {
		body = &lazyGzip{raw: res.Body}
	}
	must(raw.Set("body", p.newSource(newBodySource(body, o.cancel))))
	_ = o.resolve(raw)
	o.task.Done()
}

// headerList makes the flat list of lower-case names and values that fetch.js wants.
func (p *platform) headerList(h http.Header) goja.Value {
	flat := make([]any, 0, 2*len(h))
	for name, values := range h {
		for _, v := range values {
			flat = append(flat, strings.ToLower(name), latin1([]byte(v)))
		}
	}
	return p.vm.NewArray(flat...)
}

// strings reads an array of strings.
func (p *platform) strings(v goja.Value) []string {
	var out []string
	p.vm.ForOf(v, func(v goja.Value) bool {
		out = append(out, v.String())
		return true
	})
	return out
}

// lazyGzip unpacks a body whose request asked for gzip itself.
type lazyGzip struct {
	raw  io.ReadCloser
	once sync.Once
	z    *gzip.Reader
	err  error
}

// Read is io.Reader's.
func (g *lazyGzip) Read(b []byte) (int, error) {
	g.once.Do(func() { g.z, g.err = gzip.NewReader(g.raw) })
	if g.err != nil {
		return 0, fmt.Errorf("unpack response: %w", g.err)
	}
	return g.z.Read(b)
}

// Close is io.Closer's.
func (g *lazyGzip) Close() error { return g.raw.Close() }
