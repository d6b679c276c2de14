package cli

import (
	"context"
	"errors"
	"io"
)

// stdin is standard input for as long as the command lasts.
func (a *App) stdin() io.Reader { return a.untilOver(a.In) }

// untilOver is r until the command is to end: a read of a terminal or a pipe
// can't be broken off, so that one that still waits then ends with the process.
// It is for one goroutine at a time.
func (a *App) untilOver(r io.Reader) io.Reader { return &endingReader{r: r, over: a.over} }

type endingReader struct {
	r    io.Reader
	over <-chan struct{}
	left []byte
	err  error
}

var errInterruptedRead = errors.New("interrupted")

func (e *endingReader) Read(p []byte) (int, error) {
	if len(e.left) == 0 && e.err == nil {
		type chunk struct {
			text []byte
			err  error
		}
		read := make(chan chunk, 1)
		go func() {
			buf := make([]byte, 32<<10)
			n, err := e.r.Read(buf)
			read <- chunk{buf[:n], err}
		}()
		select {
		case c := <-read:
			e.left, e.err = c.text, c.err
		case <-e.over:
			select {
			case c := <-read: // what has come counts
				e.left, e.err = c.text, c.err
			default:
				e.err = errInterruptedRead
			}
		}
	}
	n := copy(p, e.left)
	e.left = e.left[n:]
	if n > 0 {
		return n, nil
	}
	return 0, e.err
}

// unclean is a server that was asked to end and couldn't end well.
type unclean struct{ error }

func (u unclean) Unwrap() error { return u.error }

// stopped is what a server that serves until it is told to end comes back with:
// being told so is a clean end, also while it still starts.
func stopped(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return err
	case errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx)):
		return nil
	}
	return unclean{err}
}
