package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui"
)

// devKey is a key of `rivet dev`.
type devKey struct {
	key  rune
	does string
	run  func(ctx context.Context) error
}

// keyList are the keys that do something now.
func (r *devRun) keyList() []devKey {
	var keys []devKey
	add := func(key rune, does string, run func(context.Context) error) {
		keys = append(keys, devKey{key, does, run})
	}
	if r.o.Config.Dev.Reload {
		add('r', "reload", r.reloadNow)
	}
	r.mu.Lock()
	place := r.place
	r.mu.Unlock()
	switch {
	case place != "":
		add('o', "open "+place+" in your editor", func(ctx context.Context) error { return r.edit(ctx, place) })
	case r.serving() && r.studioURL() != "":
		add('o', "open the Studio in a browser", r.openStudio)
	}
	if r.serving() {
		add('t', "terminal interface", r.tui)
	}
	add('c', "clear", r.clear)
	add('q', "quit", func(context.Context) error { r.quit(); return nil })
	add('h', "this help", r.help)
	return keys
}

// press does what a key says.
func (r *devRun) press(ctx context.Context, key rune) {
	if key == '?' {
		key = 'h'
	}
	for _, k := range r.keyList() {
		if k.key != key {
			continue
		}
		if err := k.run(ctx); err != nil && ctx.Err() == nil {
			e := errs.As(err)
			text := r.out.clock() + " " + r.out.paint.red("✗") + " " + r.out.safe(e.Msg)
			if e.Hint != "" {
				text += r.out.paint.dim("; ") + r.out.safe(e.Hint)
			}
			r.out.print(actor.LogWarn, "key", text)
		}
		return
	}
}

func (r *devRun) reloadNow(context.Context) error {
	select {
	case r.reload <- struct{}{}:
	default: // it is asked for already
	}
	return nil
}

func (r *devRun) help(context.Context) error {
	var b strings.Builder
	for _, k := range r.keyList() {
		fmt.Fprintf(&b, "\n  %s  %s", r.out.paint.bold(string(k.key)), r.out.safe(k.does))
	}
	r.out.print(actor.LogInfo, "help", b.String()+"\n")
	return nil
}

// clear empties the screen and what was scrolled away, and says where we are.
func (r *devRun) clear(context.Context) error {
	text := "\x1b[H\x1b[2J\x1b[3J"
	if r.serving() {
		reg := r.daemon.Registry()
		names := actorNames(reg)
		text += r.lead("running", names, tryCall(reg, names))
	}
	r.out.print(actor.LogInfo, "clear", text)
	return nil
}

// openStudio hands a browser a code that works once: a token would show in the
// list of processes.
func (r *devRun) openStudio(context.Context) error {
	err := r.o.App.browse(r.studioURL() + "#c=" + r.daemon.StudioCode())
	if err == nil {
		r.out.print(actor.LogInfo, "opened", r.out.clock()+" "+r.out.paint.dim("opening the Studio in a browser"))
	}
	return err
}

// edit opens the file of an error; an editor of the terminal gets the terminal.
func (r *devRun) edit(ctx context.Context, place string) error {
	file, line, col, _ := splitAt(place)
	if !filepath.IsAbs(file) {
		file = filepath.Join(r.o.Dir, file)
	}
	argv, window, err := r.o.App.editor(file, line, col)
	if err != nil {
		return err
	}
	if window {
		return startAlone(argv)
	}
	return r.lend(func() error { return r.o.App.runHere(ctx, r.o.Dir, argv) })
}

// lend gives the terminal to f; lines wait meanwhile.
func (r *devRun) lend(f func() error) error {
	r.lines.Hold()
	defer r.lines.Release()
	if r.keys == nil {
		return f()
	}
	return r.keys.lend(f)
}

// tui shows the terminal interface; q comes back to plain output.
func (r *devRun) tui(ctx context.Context) error {
	return r.lend(func() error { return r.look(ctx) })
}

// look runs the terminal interface over this server; Ctrl-C there stops it.
// A panic there ends it in order: the actors are saved.
func (r *devRun) look(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errs.New(errs.Internal, "rivet has a bug: %v", p).WithHint("please report it at https://github.com/rivetdev/rivet/issues")
		}
	}()
	url, _ := r.address()
	o := r.o.App.tuiOptions(serverOptions{url: url, token: r.token})
	o.Dir, o.InDev = r.o.Dir, true
	if r.studioURL() == "" {
		o.OpenURL = nil
	}
	exit, err := tui.Run(ctx, o)
	if exit == tui.Stopped {
		r.quit()
	}
	return err
}

// keyed reads keys until ctx ends; with --tui it begins with the terminal
// interface, once there is a server.
func (r *devRun) keyed(ctx context.Context) error {
	if r.o.Config.Dev.TUI {
		select {
		case <-r.ready:
		case <-ctx.Done():
			return nil
		}
		r.lines.Hold()
		err := r.look(ctx)
		r.lines.Release()
		if err != nil {
			return err
		}
	}
	return r.keys.run(ctx, func(key rune) { r.press(ctx, key) })
}

// begin does what was asked for at the start, once there is a server.
func (r *devRun) begin(ctx context.Context) error {
	select {
	case <-r.ready:
	case <-ctx.Done():
		return nil
	}
	if r.o.Config.Dev.Open {
		if err := r.openStudio(ctx); err != nil {
			r.note(actor.LogWarn, "not_opened", errs.As(err).Msg, pair{"msg", errs.As(err).Msg})
		}
	}
	return nil
}
