package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/muesli/cancelreader"
)

// keyboard reads single keys of the terminal that standard input is, as long as
// this is its foreground process group.
type keyboard struct {
	app *App
	in  *os.File
	fd  int
}

// keyboard is nil if there are no keys to be had.
func (a *App) keyboard() *keyboard {
	in, ok := a.In.(*os.File)
	if !ok || !a.InTTY || !a.OutTTY || !foreground(int(in.Fd())) {
		return nil
	}
	return &keyboard{app: a, in: in, fd: int(in.Fd())}
}

// run calls press for each key until ctx ends or the terminal has gone.
func (k *keyboard) run(ctx context.Context, press func(key rune)) error {
	cont, stop := resumed()
	defer stop()
	for ctx.Err() == nil {
		if !foreground(k.fd) {
			select {
			case <-cont:
			case <-time.After(time.Second): // fg tells a job that runs nothing
			case <-ctx.Done():
			}
			continue
		}
		if err := k.read(ctx, cont, press); err != nil {
			return nil // no terminal any more: no keys, and no reason to end
		}
	}
	return nil
}

// read reads keys until ctx ends, or reading has to begin anew (nil).
func (k *keyboard) read(ctx context.Context, cont <-chan os.Signal, press func(key rune)) error {
	if err := k.take(); err != nil {
		return err
	}
	defer k.app.Restore()
	r, err := cancelreader.NewReader(k.in)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it closes nothing of ours
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { // ends with this function
		defer close(ended)
		select {
		case <-ctx.Done():
		case <-cont: // Ctrl-Z and back: the shell has set its own modes meanwhile
		}
		r.Cancel()
	}()
	defer func() { cancel(); <-ended }()
	buf := make([]byte, 64)
	for {
		n, err := r.Read(buf)
		switch {
		case errors.Is(err, cancelreader.ErrCanceled):
			return nil
		case errors.Is(err, io.EOF):
			return err
		case err != nil:
			if foreground(k.fd) {
				return err
			}
			return nil // we were put into the background
		}
		if buf[0] == 0x1b {
			continue // an arrow, or another key of many bytes
		}
		for b := buf[:n]; len(b) > 0; {
			key, size := utf8.DecodeRune(b)
			b = b[size:]
			press(key)
		}
	}
}

// take has the terminal hand over single keys until App.Restore.
func (k *keyboard) take() error {
	restore, err := singleKeys(k.fd)
	if err == nil {
		k.app.onRestore(restore)
	}
	return err
}

// lend gives the terminal to f as it was, and takes it back.
func (k *keyboard) lend(f func() error) error {
	k.app.Restore()
	err := f()
	return errors.Join(err, k.take())
}
