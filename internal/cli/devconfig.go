package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
)

// Configured takes up a changed configuration file as far as a running server
// can, and tells; true: the code must be loaded anew.
func (r *devRun) Configured(file string) bool {
	next, err := r.current().Reload()
	if err != nil {
		r.misread = true
		r.out.misconfigured(err)
		return false
	}
	mended := r.misread
	r.misread = false
	return r.reconfigure(next, r.out.relative(file), mended)
}

// current is the configuration that holds now.
func (r *devRun) current() *config.Resolved {
	if r.now == nil {
		return r.config
	}
	return r.now
}

// recoded takes up what reloaded code asks for in its run configuration.
func (r *devRun) recoded(b *actor.Bundle) {
	r.reconfigure(r.current().WithCode(r.daemon.Registry().Config), entryName(b), false)
}

// reconfigure goes over to next. Before the first code serves nearly all can be
// taken up, since nothing is open yet. mended: what was there before had a mistake,
// so that it is told even if nothing has changed.
func (r *devRun) reconfigure(next *config.Resolved, file string, mended bool) (reload bool) {
	opened := r.serving()
	change := r.current().Change(next, opened)
	// What is again as the server was started with needs no restart.
	still := r.config.Change(next, opened).Restart
	change.Restart = slices.DeleteFunc(change.Restart, func(key string) bool { return !slices.Contains(still, key) })
	reload = slices.Contains(change.Live, config.EnvKey)
	if reload {
		r.daemon.SetEnv(next.ProcessEnv(r.o.Production))
	}
	r.out.level.Store(int32(parseLevel(next.Log.Level)))
	if r.now = next; opened {
		r.daemon.Apply(r.settled(next, r.daemon.Registry().Config))
	} else {
		r.config = next
	}
	switch {
	case len(change.Live)+len(change.Restart) > 0:
		r.out.configured(file, change)
	case mended:
		p := r.out.paint
		r.out.print(actor.LogInfo, "config_mended", r.out.clock()+" "+p.green("✓")+" "+r.out.safe(file)+"  mended; nothing changed", pair{"file", file})
	}
	return reload
}

// configured tells of a changed configuration.
func (d *devOut) configured(file string, c config.Change) {
	p := d.paint
	text, msg := d.clock()+" "+p.green("⚙")+" "+d.safe(file), ""
	if len(c.Live) > 0 {
		msg = "applied " + strings.Join(c.Live, ", ")
		text += "  " + msg
	}
	level := actor.LogInfo
	if len(c.Restart) > 0 {
		needs := "restart for " + strings.Join(c.Restart, ", ")
		text += "  " + p.yellow(needs)
		msg = strings.TrimPrefix(msg+"; "+needs, "; ")
		level = actor.LogWarn
	}
	d.print(level, "config", text, pair{"file", file}, pair{"msg", msg}, pair{"applied", c.Live}, pair{"restart", c.Restart})
}

// misconfigured tells of a configuration that can't be read: all is as before.
func (d *devOut) misconfigured(err error) {
	lines := []string{errs.As(err).Msg}
	if invalid := (*config.Invalid)(nil); errors.As(err, &invalid) {
		lines = invalid.Lines()
	}
	text := d.clock() + " " + d.paint.red("✗ the configuration has a mistake") + d.paint.dim("  all is as before")
	for _, l := range lines {
		text += "\n  " + d.safe(l)
	}
	d.print(actor.LogError, "config_invalid", text, pair{"msg", strings.Join(lines, "; ")})
}
