package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
)

func (d *devOut) clock() string { return d.paint.dim(d.now().Format("15:04:05")) }

// columns is the terminal's width, 0 if it isn't known.
func (d *devOut) columns() int {
	if d.width == nil {
		return 0
	}
	return d.width()
}

// line prints what an actor, or the runtime on its behalf, logged.
func (d *devOut) line(l actor.Log) {
	if l.Level < actor.LogLevel(d.level.Load()) {
		return
	}
	at := d.relative(l.At)
	if d.style == pretty {
		text := d.prettyLine(l, at)
		d.write(text, []byte(d.clock()+" "+text+"\n"))
		return
	}
	out := []pair{{"msg", l.Msg}}
	if d.style == jsonLines {
		if len(l.Fields) > 0 {
			out = append(out, pair{"fields", fields(l.Fields)})
		}
	} else {
		for _, f := range l.Fields {
			out = append(out, pair{f.Key, logValue(f.Value)})
		}
	}
	if l.Actor != nil {
		out = append(out, pair{"actor", nameOf(l.Actor)})
	}
	if at != "" {
		out = append(out, pair{"at", at})
	}
	d.print(l.Level, "log", "", out...)
}

// prettyLine is a log line for a person, without its time.
func (d *devOut) prettyLine(l actor.Log, at string) string {
	var b strings.Builder
	name := levelNames[l.Level]
	switch {
	case l.Level >= actor.LogError:
		name = d.paint.red(name)
	case l.Level == actor.LogWarn:
		name = d.paint.yellow(name)
	case l.Level < actor.LogInfo:
		name = d.paint.dim(name)
	}
	b.WriteString(name + " ")
	if l.Actor != nil {
		b.WriteString(d.paint.cyan(d.oneLine(nameOf(l.Actor))) + " ")
	}
	b.WriteString(d.safe(l.Msg))
	stack := ""
	for _, f := range l.Fields {
		text := logValue(f.Value)
		if f.Key == "stack" { // a stack is read as lines
			stack = text
			continue
		}
		b.WriteString(" " + d.paint.dim(d.oneLine(f.Key)+"=") + d.safe(quoteLog(text)))
	}
	frame := ""
	if l.Level >= actor.LogError {
		frame = d.excerpt(at)
	}
	if frame == "" && at != "" {
		b.WriteString("  " + d.paint.dim(d.safe(at)))
	}
	b.WriteString(frame)
	for _, s := range callers(stack, frame != "") {
		b.WriteString("\n  " + d.paint.dim(d.safe(s)))
	}
	return b.String()
}

// callers are the lines of a stack worth reading: without its first line, which
// is the message, and, where the place has a frame of its own, without the first
// caller if it is alone.
func callers(stack string, framed bool) []string {
	var out []string
	for _, s := range strings.Split(stack, "\n") {
		if s = strings.TrimSpace(s); strings.HasPrefix(s, "at ") {
			out = append(out, s)
		}
	}
	if framed && len(out) == 1 {
		return nil
	}
	return out
}

func nameOf(r *actor.Ref) string { return client.Target{Name: r.Name, Key: r.Key}.String() }

// oneLine is a name that anybody may have given, such as a client its actor's
// key, without the line breaks by which it could look like lines of ours.
func (d *devOut) oneLine(name string) string {
	return d.safe(strings.ReplaceAll(name, "\n", `\n`))
}

// relative is a position with its file relative to the project.
func (d *devOut) relative(at string) string {
	if rel, err := filepath.Rel(d.dir, at); err == nil && filepath.IsAbs(at) && filepath.IsLocal(rel) {
		return rel
	}
	return at
}

// entry prints a call that ended, with -v. It is called while the actor waits.
func (d *devOut) entry(e *actor.Entry) {
	if e.Actor == nil || e.Kind != actor.EntryAction && e.Kind != actor.EntrySchedule {
		return
	}
	name, level := nameOf(e.Actor), actor.LogInfo
	out := []pair{{"actor", name}, {"action", e.Name}, {"ms", msOf(e.Took)}, {"via", e.Via}}
	text := fmt.Sprintf("%s %s %s %s", d.clock(), d.paint.cyan(d.oneLine(name)), d.oneLine(e.Name), d.paint.dim(took(e.Took)))
	if e.Kind == actor.EntrySchedule {
		text += d.paint.dim("  scheduled")
	}
	if e.Err != nil {
		code := string(errs.CodeOf(e.Err))
		out = append(out, pair{"error", code})
		text += "  " + d.paint.red("✗ "+d.oneLine(code))
	}
	d.print(level, "call", text, out...)
}

// took is a duration in a few figures.
func took(t time.Duration) string {
	ms := float64(t.Microseconds()) / 1000
	switch {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 10_000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}
