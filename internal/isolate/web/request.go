package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/dop251/goja"
)

// RequestInit describes a Request that Go makes.
type RequestInit struct {
	Method string
	URL    string // absolute
	Header http.Header
	// Body is the whole body; Reader streams one instead. Both nil: no body.
	Body   []byte
	Reader io.ReadCloser
	// Context, if not nil, aborts the request's signal when it ends.
	Context context.Context
}

// NewRequest makes a Request object. It is called on the isolate's goroutine,
// in the context of the code that will handle it.
func NewRequest(h Host, in RequestInit) (req goja.Value, err error) {
	p, err := platformOf(h.Runtime())
	if err != nil {
		return nil, err
	}
	body := goja.Value(goja.Undefined())
	err = p.protect(func() {
		if in.Reader != nil {
			body = p.newSource(newBodySource(in.Reader, nil))
		} else if in.Body != nil {
			body = p.newBytes(in.Body)
		}
		req = p.call("fetch", "newRequest", p.vm.ToValue(in.Method), p.vm.ToValue(in.URL),
			p.headerList(in.Header), body, p.requestSignal(in.Context))
	})
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	return req, nil
}

// requestSignal makes a function that makes an AbortSignal of ctx, since few
// handlers look at it.
func (p *platform) requestSignal(ctx context.Context) goja.Value {
	if ctx == nil || ctx.Done() == nil {
		return goja.Undefined()
	}
	return p.fn("signal", func(goja.FunctionCall) goja.Value {
		signal := p.call("fetch", "newSignal")
		task := p.h.Task(UnrefTask)
		var unhook func() bool
		stop := context.AfterFunc(ctx, func() {
			p.enter(task, func() {
				defer task.Done()
				unhook()
				p.call("fetch", "abort", signal)
			})
		})
		unhook = context.AfterFunc(task.Context(), func() { stop() })
		return signal
	})
}

// Response is a Response object as Go sees it. Body is the whole body; if the
// handler streams, Reader is set instead: it is read from any goroutine and must
// be closed, which cancels the stream. Each chunk has waited for Host.Permit.
type Response struct {
	Status     int
	StatusText string
	Header     http.Header
	Body       []byte
	Reader     io.ReadCloser
}

// ReadResponse reads a Response object that a handler returned (not a promise of
// one) and marks its body as used. It is called on the isolate's goroutine. ok is
// false if v is no Response.
func ReadResponse(h Host, v goja.Value) (res *Response, ok bool, err error) {
	p, err := platformOf(h.Runtime())
	if err != nil {
		return nil, false, err
	}
	err = p.protect(func() {
		parts, isObject := p.call("fetch", "readResponse", v).(*goja.Object)
		if !isObject {
			return
		}
		ok = true
		res = &Response{
			Status:     number(parts.Get("0")),
			StatusText: parts.Get("1").String(),
			Header:     http.Header{},
		}
		res.Header = p.headersOf(parts.Get("2"))
		res.Body, res.Reader = p.readBody(parts)
	})
	if err != nil {
		return nil, true, fmt.Errorf("read response: %w", err)
	}
	return res, ok, nil
}

// headersOf reads a flat list of names and values.
func (p *platform) headersOf(v goja.Value) http.Header {
	h, flat := http.Header{}, p.strings(v)
	for i := 0; i+1 < len(flat); i += 2 {
		h.Add(flat[i], fromLatin1(flat[i+1]))
	}
	return h
}

// readBody takes the body, whole or as a stream, out of what fetch.js read.
func (p *platform) readBody(parts *goja.Object) ([]byte, io.ReadCloser) {
	if b, ok := bytesOf(parts.Get("3")); ok {
		return bytes.Clone(b), nil
	}
	if src := p.sourceOf(parts.Get("4")); src != nil && goja.IsNull(parts.Get("5")) {
		return nil, src
	}
	stream, ok := parts.Get("5").(*goja.Object)
	if !ok {
		return nil, nil
	}
	r, w := io.Pipe()
	out := &streamReader{PipeReader: r}
	sink := p.newSink(w, p.h.Task(FetchTask), &out.cancel)
	p.call("fetch", "pump", stream, sink)
	return nil, out
}

// ReadRequest reads a Request object that a script sends and marks its body as
// used; Body and Reader are as a Response's. It is called on the isolate's
// goroutine. ok is false if v is no Request.
func ReadRequest(h Host, v goja.Value) (req *RequestInit, ok bool, err error) {
	p, err := platformOf(h.Runtime())
	if err != nil {
		return nil, false, err
	}
	err = p.protect(func() {
		parts, isObject := p.call("fetch", "readRequest", v).(*goja.Object)
		if !isObject {
			return
		}
		ok = true
		req = &RequestInit{Method: parts.Get("0").String(), URL: parts.Get("1").String(), Header: p.headersOf(parts.Get("2"))}
		req.Body, req.Reader = p.readBody(parts)
	})
	if err != nil {
		return nil, true, fmt.Errorf("read request: %w", err)
	}
	return req, ok, nil
}

// NewResponse makes a Response object whose body, if there is a Reader, comes
// as it is read; the Reader is closed with it. It is called on the isolate's
// goroutine.
func NewResponse(h Host, in Response) (res goja.Value, err error) {
	p, err := platformOf(h.Runtime())
	if err != nil {
		return nil, err
	}
	err = p.protect(func() {
		raw := p.vm.NewObject()
		must(raw.Set("status", in.Status))
		must(raw.Set("statusText", in.StatusText))
		must(raw.Set("url", ""))
		must(raw.Set("redirected", false))
		must(raw.Set("open", true))
		must(raw.Set("headers", p.headerList(in.Header)))
		if in.Reader != nil {
			must(raw.Set("body", p.newSource(newBodySource(in.Reader, nil))))
		}
		res = p.call("fetch", "newResponse", raw)
	})
	if err != nil {
		return nil, fmt.Errorf("make response: %w", err)
	}
	return res, nil
}

// streamReader is the Go end of a ReadableStream.
type streamReader struct {
	*io.PipeReader
	cancel func() // set before the reader leaves the isolate's goroutine
	once   sync.Once
}

// Close stops reading and cancels the stream.
func (s *streamReader) Close() error {
	err := s.PipeReader.Close()
	s.once.Do(func() {
		if s.cancel != nil {
			s.cancel()
		}
	})
	return err
}
