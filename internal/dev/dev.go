// Package dev is the inner loop of `rivet dev`: it watches the project, builds
// what was saved, and hands the new code over, or tells what is wrong with it
// while the old code goes on serving.
//
// Run owns everything here and returns when its context ends.
package dev

import (
	"context"
	"errors"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
)

// Moved says what a swap moved to the new code.
type Moved struct{ Actors, Conns int }

// Listener hears what happens; its methods are called by one goroutine.
type Listener interface {
	// Reloaded: new code serves. took is the time from the first change.
	Reloaded(file string, took time.Duration, m Moved)
	// Failed: a build failed, or its code threw while loading; the old code,
	// if there is any, goes on.
	Failed(err error)
	// Mended: after Failed, the code is again what serves already.
	Mended()
}

// Options configure a Run.
type Options struct {
	Dir      string   // the project
	Watch    []string // directories below or beside it; nil: the project
	Ignore   []string // patterns of names or relative paths
	Build    func(ctx context.Context) (*actor.Bundle, error)
	Swap     func(ctx context.Context, b *actor.Bundle) (Moved, error)
	Listener Listener
	// Quiet is how long nothing may change before a build is swapped in; 0: 30 ms.
	Quiet time.Duration
	// First is the build that serves already; nil: none does yet.
	First *actor.Bundle
	// Reload asks for a build by hand; may be nil.
	Reload <-chan struct{}
}

type loop struct {
	Options
	w      *watcher
	serves string // hash of the code that serves; "" none
	failed bool
	events chan string
}

// Run rebuilds on each change until ctx ends; then it returns nil.
func Run(ctx context.Context, o Options) error {
	if o.Quiet == 0 {
		o.Quiet = 30 * time.Millisecond
	}
	w, err := newWatcher(o.Dir, o.Ignore)
	if err != nil {
		return err
	}
	defer w.Close()
	dirs := o.Watch
	if len(dirs) == 0 {
		dirs = []string{o.Dir}
	}
	for _, d := range dirs {
		if err := w.addTree(d); err != nil {
			return err
		}
	}
	l := &loop{Options: o, w: w, events: make(chan string)}
	parent := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() { // ends with ctx; Run waits for it
		defer close(done)
		for {
			name, err := w.next(ctx)
			if err != nil {
				cancel(err)
				return
			}
			select {
			case l.events <- name:
			case <-ctx.Done():
			}
		}
	}()
	defer func() { cancel(nil); <-done }()
	if o.First != nil {
		l.serves = o.First.Hash
		w.follow(o.First.Inputs)
	}
	// Without code this is the first build; with code it finds what was saved
	// between that build and the watch.
	l.rebuild(ctx, "")
	for {
		select {
		case <-ctx.Done():
			if parent.Err() != nil {
				return nil
			}
			return context.Cause(ctx) // the watcher failed
		case name := <-l.events:
			l.rebuild(ctx, name)
		case <-o.Reload:
			l.serves = "" // even if nothing changed
			l.rebuild(ctx, "")
		}
	}
}

// rebuild builds at once, so that the build's time is part of the quiet time
// rather than after it, and again if something changes meanwhile.
func (l *loop) rebuild(ctx context.Context, file string) {
	began := time.Now()
	for {
		last := time.Now()
		b, err := l.Build(ctx)
		if ctx.Err() != nil {
			return
		}
		l.followAll(b, err)
		if l.quiet(ctx, last) {
			l.finish(ctx, b, err, file, began)
			return
		}
	}
}

// quiet waits until nothing has changed for the quiet time; false: something did.
func (l *loop) quiet(ctx context.Context, last time.Time) bool {
	timer := time.NewTimer(max(l.Quiet-time.Since(last), 0))
	defer timer.Stop()
	select {
	case <-l.events:
		return false
	case <-ctx.Done():
		return true
	case <-timer.C:
		return true
	}
}

func (l *loop) followAll(b *actor.Bundle, err error) {
	var failed *bundle.Error
	switch {
	case b != nil:
		l.w.follow(b.Inputs)
	case errors.As(err, &failed):
		l.w.follow(failed.Inputs)
	}
}

func (l *loop) finish(ctx context.Context, b *actor.Bundle, err error, file string, began time.Time) {
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		l.failed = true
		l.Listener.Failed(err)
		return
	}
	if b.Hash == l.serves {
		if l.failed {
			l.failed = false
			l.Listener.Mended()
		}
		return
	}
	moved, err := l.Swap(ctx, b)
	if err != nil {
		l.failed = true
		if ctx.Err() == nil {
			l.Listener.Failed(err)
		}
		return
	}
	l.failed, l.serves = false, b.Hash
	l.Listener.Reloaded(file, time.Since(began), moved)
}
