package web

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/dop251/goja"
)

// streamsNative is what streams.js needs of Go.
func (p *platform) streamsNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"compress":   p.compress,
		"decompress": p.decompress,
	})
}

// chunkSize is the size of the chunks in which bytes come out of Go.
const chunkSize = 64 << 10

// chunks makes an array of Uint8Arrays of b, which it keeps.
func (p *platform) chunks(b []byte) goja.Value {
	var out []any
	for len(b) > 0 {
		n := min(len(b), chunkSize)
		out = append(out, p.newBytes(append([]byte(nil), b[:n]...)))
		b = b[n:]
	}
	return p.vm.NewArray(out...)
}

// compress(format) returns an object that turns chunks into compressed ones.
func (p *platform) compress(c goja.FunctionCall) goja.Value {
	var buf bytes.Buffer
	var w io.WriteCloser
	switch c.Argument(0).String() {
	case "gzip":
		w = gzip.NewWriter(&buf)
	case "deflate":
		w = zlib.NewWriter(&buf)
	default:
		w, _ = flate.NewWriter(&buf, flate.DefaultCompression)
	}
	take := func(err error) goja.Value {
		if err != nil {
			p.throwType("compression failed: %v", err)
		}
		defer buf.Reset()
		return p.chunks(buf.Bytes())
	}
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"write": func(c goja.FunctionCall) goja.Value {
			_, err := w.Write(p.bytesArg(c.Argument(0)))
			return take(err)
		},
		"end":   func(goja.FunctionCall) goja.Value { return take(w.Close()) },
		"close": noop,
	})
}

// decompress(format) is compress's inverse.
func (p *platform) decompress(c goja.FunctionCall) goja.Value {
	d := newInflater(p.h.Task(UnrefTask), c.Argument(0).String())
	take := func(b []byte, err error) goja.Value {
		if err != nil {
			d.close()
			p.throwType("The compressed data was not valid: %v", err)
		}
		return p.chunks(b)
	}
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"write": func(c goja.FunctionCall) goja.Value { return take(d.write(p.bytesArg(c.Argument(0)))) },
		"end":   func(goja.FunctionCall) goja.Value { return take(d.end()) },
		"close": func(goja.FunctionCall) goja.Value { d.close(); return goja.Undefined() },
	})
}

// inflater feeds a decompressor, which wants to pull, from chunks that are pushed.
// Its goroutine ends with end, close, an error or the actor.
type inflater struct {
	task   Task
	in     *io.PipeWriter
	done   chan struct{}
	unhook func() bool
	mu     sync.Mutex
	out    bytes.Buffer
	err    error
}

// errTooLarge is a decompression that gives more than [maxAlloc] of one chunk.
var errTooLarge = errors.New("one chunk unpacks to more than 256 MiB")

func newInflater(task Task, format string) *inflater {
	r, w := io.Pipe()
	d := &inflater{task: task, in: w, done: make(chan struct{})}
	d.unhook = context.AfterFunc(task.Context(), func() { _ = w.CloseWithError(context.Canceled) })
	go d.run(r, format)
	return d
}

func (d *inflater) run(r *io.PipeReader, format string) {
	defer close(d.done)
	err := d.inflate(r, format)
	d.mu.Lock()
	d.err = err
	d.mu.Unlock()
	_ = r.CloseWithError(io.ErrClosedPipe)
}

func (d *inflater) inflate(in io.Reader, format string) error {
	var src io.Reader
	br := byteReader{Reader: in}
	switch format {
	case "gzip":
		z, err := gzip.NewReader(&br)
		if err != nil {
			return err
		}
		z.Multistream(false)
		src = z
	case "deflate":
		z, err := zlib.NewReader(&br)
		if err != nil {
			return err
		}
		src = z
	default:
		src = flate.NewReader(&br)
	}
	if _, err := io.Copy(d, src); err != nil {
		return err
	}
	if _, err := br.ReadByte(); err == nil {
		return errors.New("junk after the end")
	}
	return nil
}

// Write collects output; it is the decompressor's side.
func (d *inflater) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.out.Len()+len(b) > maxAlloc {
		return 0, errTooLarge
	}
	return d.out.Write(b)
}

func (d *inflater) write(b []byte) ([]byte, error) {
	if _, err := d.in.Write(b); err != nil && len(b) > 0 {
		<-d.done
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.err == nil {
			return nil, errors.New("junk after the end")
		}
		return nil, d.err
	}
	return d.take(), nil
}

func (d *inflater) end() ([]byte, error) {
	d.close()
	<-d.done
	if errors.Is(d.err, io.EOF) {
		d.err = io.ErrUnexpectedEOF
	}
	return d.take(), d.err
}

func (d *inflater) close() {
	_ = d.in.Close()
	d.unhook()
	d.task.Done()
}

func (d *inflater) take() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := append([]byte(nil), d.out.Bytes()...)
	d.out.Reset()
	return b
}

// byteReader reads byte by byte for the decompressors without reading ahead of
// what was pushed.
type byteReader struct {
	io.Reader
	buf  [4096]byte
	r, w int
}

// Read is io.Reader's.
func (b *byteReader) Read(p []byte) (int, error) {
	if b.r < b.w {
		n := copy(p, b.buf[b.r:b.w])
		b.r += n
		return n, nil
	}
	return b.Reader.Read(p)
}

// ReadByte is io.ByteReader's.
func (b *byteReader) ReadByte() (byte, error) {
	for b.r == b.w {
		n, err := b.Reader.Read(b.buf[:])
		b.r, b.w = 0, n
		if n == 0 && err != nil {
			return 0, err
		}
	}
	b.r++
	return b.buf[b.r-1], nil
}
