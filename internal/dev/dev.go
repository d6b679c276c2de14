// Package dev is the inner loop of `rivet dev`: it watches the project, builds
// what was saved, and hands the new code over, or tells what is wrong with it
// while the old code goes on serving. Code that takes its time to load, or never
// ends loading, gives way to what is saved meanwhile.
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
	// Unchanged: a file of the build was saved, and the code is what serves already.
	Unchanged(file string, took time.Duration)
}

// Put makes code that was loaded serve.
type Put func(ctx context.Context) (Moved, error)

// Options configure a Run.
type Options struct {
	Dir    string   // the project
	Watch  []string // directories below or beside it; nil: the project
	Ignore []string // patterns of names or relative paths
	Build  func(ctx context.Context) (*actor.Bundle, error)
	// Load evaluates a build, beside whatever serves; it gives up when ctx ends.
	Load     func(ctx context.Context, b *actor.Bundle) (Put, error)
	Listener Listener
	// Configured is called when the configuration's files have changed, before
	// code is put in; true: the code must be loaded anew. May be nil.
	Configured func(file string) (reload bool)
	// Quiet is how long nothing may change before a build is put in; 0: 30 ms.
	Quiet time.Duration
	// First is a build that was made already, nil: none. It is loaded first, or,
	// if Serves, was put in already.
	First  *actor.Bundle
	Serves bool
	// Reload asks for a build by hand; may be nil.
	Reload <-chan struct{}
}

type loop struct {
	Options
	w      *watcher
	serves string // hash of the code that serves; "": none, or load it anew
	served bool   // some code did
	failed bool
	events chan string
	config string // a configuration file that changed; "": none did
	// changed is what changed since the last build that was told of, maxChanged at most.
	changed []string
}

// maxChanged is how many changes one of which names a build: a checkout has
// more, and then any will do.
const maxChanged = 1000

// Run rebuilds on each change until ctx ends; then it returns nil. It fails if
// the files can't be watched, or if the first code that loads can't serve.
func Run(ctx context.Context, o Options) error {
	if o.Quiet == 0 {
		o.Quiet = 30 * time.Millisecond
	}
	l := &loop{Options: o, events: make(chan string)}
	parent := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	began := time.Now()
	var first *loading
	if o.First != nil && !o.Serves {
		first = l.load(ctx, o.First) // while the watch is made
	}
	stop, err := l.watch(ctx, cancel)
	if err != nil {
		cancel(err)
		if first != nil {
			<-first.done
		}
		return err
	}
	defer func() { cancel(nil); stop() }()
	if o.First != nil {
		l.w.follow(o.First.Inputs)
	}
	switch {
	case first != nil:
		err = l.swap(ctx, first, began, false)
	case o.First != nil:
		l.serves, l.served = o.First.Hash, true
	}
	// Without code this is the first build; with code it finds what was saved
	// between that build and the watch.
	for err == nil {
		if err = l.rebuild(ctx); err != nil {
			break
		}
		select {
		case <-ctx.Done():
			if parent.Err() != nil {
				return nil
			}
			return context.Cause(ctx) // the watcher failed
		case name := <-l.events:
			l.noted(name)
		case <-o.Reload:
			l.serves = "" // even if nothing changed
		}
	}
	return err
}

// watch starts the watcher, whose events come over l.events until ctx ends;
// then stop waits for its end.
func (l *loop) watch(ctx context.Context, fail context.CancelCauseFunc) (stop func(), err error) {
	w, err := newWatcher(l.Dir, l.Ignore)
	if err != nil {
		return nil, err
	}
	w.addDir(l.Dir) // for the configuration
	dirs := l.Watch
	if len(dirs) == 0 {
		dirs = []string{l.Dir}
	}
	for _, d := range dirs {
		if err := w.addTree(d); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	l.w = w
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			name, err := w.next(ctx)
			if err != nil {
				fail(err)
				return
			}
			select {
			case l.events <- name:
			case <-ctx.Done():
			}
		}
	}()
	return func() { <-done; _ = w.Close() }, nil
}

// noted remembers that a file has changed.
func (l *loop) noted(name string) {
	if len(l.changed) < maxChanged {
		l.changed = append(l.changed, name)
	}
	if configures(l.Dir, name) {
		l.config = name
	}
}

// rebuild builds until nothing changes any more, and puts the code in. An error
// ends Run.
func (l *loop) rebuild(ctx context.Context) error {
	began := time.Now()
	b, err := l.build(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if l.config != "" {
		changed := l.config
		l.config = ""
		if l.Configured != nil && l.Configured(changed) {
			l.serves = ""
		}
	}
	switch {
	case err != nil:
		l.changed = nil
		l.failed = true
		l.Listener.Failed(err)
		return nil
	case b.Hash == l.serves:
		file, read := l.cause()
		switch {
		case l.failed:
			l.failed = false
			l.Listener.Mended()
		case read:
			l.Listener.Unchanged(file, time.Since(began))
		}
		return nil
	}
	return l.swap(ctx, l.load(ctx, b), began, true)
}

// cause names what a build was made for, and forgets it: a file that the build
// read, for editors write others beside it. read: it is one.
func (l *loop) cause() (file string, read bool) {
	defer func() { l.changed = nil }()
	for _, name := range l.changed {
		if l.w.reads(name) {
			return name, true
		}
		if file == "" {
			file = name
		}
	}
	return file, false
}

// build builds at once, so that the build's time is part of the quiet time
// rather than after it, and again if something changes meanwhile.
func (l *loop) build(ctx context.Context) (*actor.Bundle, error) {
	for {
		last := time.Now()
		b, err := l.Build(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		l.followAll(b, err)
		if l.quiet(ctx, last) {
			return b, err
		}
	}
}

// quiet waits until nothing has changed for the quiet time; false: something did.
func (l *loop) quiet(ctx context.Context, last time.Time) bool {
	timer := time.NewTimer(max(l.Quiet-time.Since(last), 0))
	defer timer.Stop()
	select {
	case name := <-l.events:
		l.noted(name)
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

// loading is code on its way.
type loading struct {
	b      *actor.Bundle
	done   chan loaded
	giveUp context.CancelFunc
}

type loaded struct {
	put Put
	err error
}

func (l *loop) load(ctx context.Context, b *actor.Bundle) *loading {
	ctx, cancel := context.WithCancel(ctx)
	ld := &loading{b: b, done: make(chan loaded, 1), giveUp: cancel}
	go func() { // await waits for it
		put, err := l.Load(ctx, b)
		ld.done <- loaded{put, err}
	}()
	return ld
}

// swap waits until code is loaded and puts it in, and so on with what was saved
// meanwhile. tell: the listener hears of it.
func (l *loop) swap(ctx context.Context, ld *loading, began time.Time, tell bool) error {
	out, found := l.await(ctx, ld)
	switch {
	case ctx.Err() != nil:
		return nil
	case out.err == nil:
		if err := l.put(ctx, ld.b, out.put, began, tell); err != nil {
			return err
		}
	default:
		l.failed = true
		if !found {
			l.Listener.Failed(out.err)
		}
	}
	if found {
		return l.rebuild(ctx)
	}
	return nil
}

func (l *loop) put(ctx context.Context, b *actor.Bundle, put Put, began time.Time, tell bool) error {
	file, _ := l.cause()
	moved, err := put(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && !l.served:
		return err
	case err != nil:
		l.failed = true
		l.Listener.Failed(err)
		return nil
	}
	l.failed, l.serves, l.served = false, b.Hash, true
	if tell {
		l.Listener.Reloaded(file, time.Since(began), moved)
	}
	return nil
}

// await waits for the end of a load. It is given up if there is newer code: then
// found is true.
func (l *loop) await(ctx context.Context, ld *loading) (out loaded, found bool) {
	defer ld.giveUp()
	for {
		select {
		case out := <-ld.done:
			return out, false
		case <-ctx.Done():
			return <-ld.done, false
		case name := <-l.events:
			l.noted(name)
			if b, err := l.build(ctx); err == nil && b.Hash == ld.b.Hash && l.config == "" {
				continue
			}
		case <-l.Reload:
		}
		ld.giveUp()
		return <-ld.done, true
	}
}
