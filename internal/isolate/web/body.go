package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/dop251/goja"
)

// maxBody bounds a body that is read in one piece.
const maxBody = maxAlloc

// bodySource is a body that Go reads for JavaScript, one read at a time.
type bodySource struct {
	r       io.ReadCloser
	done    func() // called once, at the end
	ended   sync.Once
	reading sync.Mutex
}

func newBodySource(r io.ReadCloser, done func()) *bodySource {
	return &bodySource{r: r, done: done}
}

// Read is io.Reader's: for a body that goes out again without JavaScript.
func (s *bodySource) Read(b []byte) (int, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	n, err := s.r.Read(b)
	if err != nil {
		s.end()
	}
	return n, err
}

// Close is io.Closer's.
func (s *bodySource) Close() error {
	err := s.r.Close()
	s.end()
	return err
}

func (s *bodySource) end() {
	s.ended.Do(func() {
		if s.done != nil {
			s.done()
		}
	})
}

// symSource is where a native source keeps its Go value.
var symSource = goja.NewSymbol("source")

// sourceOf returns the Go value of a native source, nil if v is none.
func (p *platform) sourceOf(v goja.Value) *bodySource {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	if ref := o.GetSymbol(symSource); ref != nil {
		s, _ := ref.Export().(*bodySource)
		return s
	}
	return nil
}

// newSource makes what fetch.js reads a body of: read() for a chunk, all() for
// everything, cancel(), and onEnd(f).
func (p *platform) newSource(s *bodySource) goja.Value {
	o := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"read": func(goja.FunctionCall) goja.Value {
			return p.async(func(context.Context) (any, error) {
				buf := make([]byte, chunkSize)
				n, err := s.Read(buf)
				for n == 0 && err == nil {
					n, err = s.Read(buf)
				}
				if n > 0 {
					return buf[:n:n], nil
				}
				if errors.Is(err, io.EOF) {
					return nil, nil
				}
				return nil, err
			})
		},
		"all": func(goja.FunctionCall) goja.Value {
			return p.async(func(context.Context) (any, error) {
				b, err := io.ReadAll(io.LimitReader(s, maxBody+1))
				if err == nil && len(b) > maxBody {
					err = errors.New("the body is larger than 256 MiB")
				}
				_ = s.Close()
				return b, err
			})
		},
		"cancel": func(goja.FunctionCall) goja.Value {
			_ = s.Close()
			return goja.Undefined()
		},
		"onEnd": func(c goja.FunctionCall) goja.Value {
			return goja.Undefined()
		},
	})
	must(o.DefineDataPropertySymbol(symSource, p.vm.ToValue(s), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	return o
}

// async runs f on its own goroutine and returns a promise of its bytes
// (undefined for nil). The actor stays awake until f has returned.
func (p *platform) async(f asyncFunc) goja.Value {
	task := p.h.Task(FetchTask)
	promise, resolve, reject := p.vm.NewPromise()
	go func() {
		v, err := f(task.Context())
		p.enter(task, func() {
			defer task.Done()
			switch v := v.(type) {
			case error:
				err = v
			case []byte:
				if err == nil {
					_ = resolve(p.newBytes(v))
				}
			case func() goja.Value:
				if err == nil {
					_ = resolve(v())
				}
			default:
				if err == nil {
					_ = resolve(goja.Undefined())
				}
			}
			if err != nil {
				_ = reject(p.networkError(err))
			}
		})
	}()
	return p.vm.ToValue(promise)
}

// networkError is the TypeError of a body that broke off, an AbortError if it
// was canceled.
func (p *platform) networkError(err error) goja.Value {
	if errors.Is(err, context.Canceled) {
		return p.domException("AbortError", "This operation was aborted")
	}
	return p.vm.NewTypeError(fmt.Sprintf("terminated: %v", err))
}

// newSink makes what fetch.js pumps a stream into: write(bytes) gives a promise
// that settles once w took them. What is written waits for h.Permit.
func (p *platform) newSink(w *io.PipeWriter, task Task, onCancel *func()) *goja.Object {
	stop := context.AfterFunc(task.Context(), func() { _ = w.CloseWithError(context.Canceled) })
	end := func(err error) {
		_ = w.CloseWithError(err)
		stop()
		task.Done()
	}
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"write": func(c goja.FunctionCall) goja.Value {
			b := p.copyArg(c.Argument(0))
			promise, resolve, reject := p.vm.NewPromise()
			p.permit(func(err error) {
				if err != nil {
					_ = reject(p.networkError(err))
					return
				}
				go func() {
					_, err := w.Write(b)
					p.enter(task, func() {
						if err != nil {
							_ = reject(p.networkError(err))
							return
						}
						_ = resolve(goja.Undefined())
					})
				}()
			})
			return p.vm.ToValue(promise)
		},
		"close": func(goja.FunctionCall) goja.Value {
			p.permit(func(error) { end(nil) })
			return goja.Undefined()
		},
		"fail": func(c goja.FunctionCall) goja.Value {
			end(fmt.Errorf("the stream failed: %s", c.Argument(0).String()))
			return goja.Undefined()
		},
		"onCancel": func(c goja.FunctionCall) goja.Value {
			f, ok := goja.AssertFunction(c.Argument(0))
			if ok && onCancel != nil {
				*onCancel = func() {
					p.enter(task, func() {
						if _, err := f(goja.Undefined()); err != nil {
							p.h.ReportUnhandled(err)
						}
					})
				}
			}
			return goja.Undefined()
		},
	})
}

// asyncFunc is work for [platform.async]: it returns bytes, nil, or a function
// that makes the value on the isolate's goroutine.
type asyncFunc = func(context.Context) (any, error)

// ctxIgnored marks work that can't be interrupted.
type ctxIgnored = context.Context
