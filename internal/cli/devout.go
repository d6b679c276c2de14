package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// devOut is what `rivet dev` prints: on a terminal lines for a person, in a
// pipe logfmt, with --log-format json one JSON object a line. Each happening is
// one write, so that nothing is interleaved.
type devOut struct {
	mu     sync.Mutex
	w      io.Writer
	style  devStyle
	paint  painter
	safe   func(string) string
	level  actor.LogLevel
	dir    string // paths are shown relative to it
	now    func() time.Time
	target bool // _LOG_TARGET
	stamp  bool // _LOG_TIMESTAMP
}

type devStyle uint8

const (
	pretty devStyle = iota
	logfmt
	jsonLines
)

var levelNames = [...]string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"}

func parseLevel(name string) actor.LogLevel {
	for i, n := range levelNames {
		if strings.EqualFold(n, name) {
			return actor.LogLevel(i)
		}
	}
	return actor.LogInfo
}

// pair is one field of a line.
type pair struct {
	key   string
	value any
}

// print writes what a happening looks like in each style: lines for a person,
// fields for the others.
func (d *devOut) print(level actor.LogLevel, event, text string, fields ...pair) {
	var b bytes.Buffer
	switch d.style {
	case pretty:
		b.WriteString(text)
	case logfmt:
		fmt.Fprintf(&b, "time=%s level=%s", d.now().UTC().Format(time.RFC3339Nano), levelNames[level])
		if event != "log" { // a log line says msg=
			b.WriteString(" event=" + event)
		}
		for _, f := range fields {
			b.WriteString(" " + quoteLog(f.key) + "=" + logfmtText(f.value))
		}
	case jsonLines:
		writeField := func(k string, v any) {
			if b.Len() > 1 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Quote(k) + ":")
			b.Write(jsonText(v))
		}
		b.WriteByte('{')
		writeField("time", d.now().UTC().Format(time.RFC3339Nano))
		writeField("level", strings.ToLower(levelNames[level]))
		writeField("event", event)
		for _, f := range fields {
			writeField(f.key, f.value)
		}
		b.WriteByte('}')
	}
	b.WriteByte('\n')
	d.mu.Lock()
	defer d.mu.Unlock()
	_, _ = d.w.Write(b.Bytes()) // a reader that left is noticed by the signal it sends
}

func jsonText(v any) []byte {
	switch v := v.(type) {
	case json.RawMessage:
		return v
	case fields:
		return v.json()
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte(strconv.Quote(err.Error()))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func logfmtText(v any) string {
	switch v := v.(type) {
	case string:
		return quoteLog(v)
	case fields:
		var parts []string
		for _, f := range v {
			parts = append(parts, f.Key+"="+quoteLog(logValue(f.Value)))
		}
		return strings.Join(parts, " ")
	}
	return quoteLog(string(jsonText(v)))
}

// quoteLog quotes a name or a value of logfmt if it must be.
func quoteLog(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n\"=") || strings.ContainsFunc(s, dangerous) {
		return strconv.Quote(s)
	}
	return s
}

// fields are those of an actor's log line.
type fields []actor.LogField

func (fs fields) json() []byte {
	b := []byte{'{'}
	for i, f := range fs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, jsonText(f.Key)...)
		b = append(b, ':')
		text, err := value.AppendJSON(nil, f.Value)
		if err != nil {
			text = jsonText(logValue(f.Value))
		}
		b = append(b, text...)
	}
	return append(b, '}')
}

// logValue is a field's value as text: strings bare, all else as JSON.
func logValue(v value.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case value.Undefined:
		return "undefined"
	}
	text, err := value.AppendJSON(nil, v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

func (d *devOut) clock() string { return d.paint.dim(d.now().Format("15:04:05")) }

// line prints what an actor, or the runtime on its behalf, logged.
func (d *devOut) line(l actor.Log) {
	if l.Level < d.level {
		return
	}
	at := d.relative(l.At)
	if d.style == pretty {
		d.print(l.Level, "log", d.prettyLine(l, at))
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

func (d *devOut) prettyLine(l actor.Log, at string) string {
	var b strings.Builder
	b.WriteString(d.clock() + " ")
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
	for _, f := range l.Fields {
		text := logValue(f.Value)
		if f.Key == "stack" { // a stack is read as lines
			b.WriteString("\n" + d.paint.dim(d.safe(strings.TrimRight(text, "\n"))))
			continue
		}
		b.WriteString(" " + d.paint.dim(d.oneLine(f.Key)+"=") + d.safe(quoteLog(text)))
	}
	if at != "" {
		b.WriteString("  " + d.paint.dim(d.safe(at)))
	}
	return b.String()
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

// failed prints a failed build or load with its code frames.
func (d *devOut) failed(err error, serving bool) {
	problems := d.problems(err)
	var text strings.Builder
	text.WriteString(d.clock() + " " + d.paint.red("✗ build failed"))
	if serving {
		text.WriteString(d.paint.dim("  the old code goes on serving"))
	}
	for _, p := range problems {
		p.Text, p.File, p.LineText, p.Before, p.Hint = d.safe(p.Text), d.safe(p.File), d.safe(p.LineText), d.safe(p.Before), d.safe(p.Hint)
		text.WriteString("\n\n" + p.Frame(bool(d.paint)))
	}
	text.WriteString("\n")
	out := []pair{{"serving", serving}}
	if len(problems) > 0 {
		p := problems[0]
		out = append(out, pair{"msg", p.Text})
		if p.File != "" {
			out = append(out, pair{"at", fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)})
		}
		if d.style == jsonLines {
			out = append(out, pair{"problems", problems})
		} else {
			out = append(out, pair{"frame", p.Frame(false)})
		}
	}
	d.print(actor.LogError, "build_failed", text.String(), out...)
}

// problems are an error's places: those of a failed build, or the place where
// code threw while it was loaded.
func (d *devOut) problems(err error) []bundle.Problem {
	var b *bundle.Error
	if errors.As(err, &b) {
		return b.Problems
	}
	e := errs.As(err)
	p := bundle.Problem{Severity: bundle.SeverityError, Text: e.Msg, Hint: e.Hint, Length: 1}
	file, line, col, ok := splitAt(d.relative(e.At))
	if !ok {
		return []bundle.Problem{p}
	}
	p.File, p.Line, p.Column = file, line, col
	if !filepath.IsAbs(file) {
		file = filepath.Join(d.dir, file)
	}
	if text, err := os.ReadFile(file); err == nil {
		lines := strings.Split(string(text), "\n")
		if line >= 1 && line <= len(lines) {
			p.LineText = strings.TrimSuffix(lines[line-1], "\r")
			if line > 1 {
				p.Before = strings.TrimSuffix(lines[line-2], "\r")
			}
		}
	}
	return []bundle.Problem{p}
}

// splitAt takes "file:line:col" apart.
func splitAt(at string) (file string, line, col int, ok bool) {
	rest, c, ok1 := cutLast(at)
	file, l, ok2 := cutLast(rest)
	if !ok1 || !ok2 {
		return "", 0, 0, false
	}
	return file, l, c, true
}

func cutLast(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}

// logHandler sends rivet's own log to the same lines.
type logHandler struct {
	d     *devOut
	attrs []slog.Attr
}

func (h logHandler) Enabled(_ context.Context, l slog.Level) bool { return slogLevel(l) >= h.d.level }

func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	l := actor.Log{Time: r.Time, Level: slogLevel(r.Level), Msg: r.Message}
	add := func(a slog.Attr) bool {
		l.Fields = append(l.Fields, actor.LogField{Key: a.Key, Value: a.Value.String()})
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	h.d.line(l)
	return nil
}

func (h logHandler) WithAttrs(as []slog.Attr) slog.Handler {
	return logHandler{h.d, append(h.attrs[:len(h.attrs):len(h.attrs)], as...)}
}

func (h logHandler) WithGroup(string) slog.Handler { return h }

func slogLevel(l slog.Level) actor.LogLevel {
	switch {
	case l < slog.LevelDebug:
		return actor.LogTrace
	case l < slog.LevelInfo:
		return actor.LogDebug
	case l < slog.LevelWarn:
		return actor.LogInfo
	case l < slog.LevelError:
		return actor.LogWarn
	}
	return actor.LogError
}
