package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/internal/value"
)

// devOut is what `rivet dev` prints: on a terminal lines for a person, in a
// pipe logfmt, with --log-format json one JSON object a line. Each happening is
// one write, so that nothing is interleaved.
type devOut struct {
	mu    sync.Mutex
	w     io.Writer
	style devStyle
	paint painter
	safe  func(string) string
	width func() int   // of the terminal, 0: unknown; may be nil
	level atomic.Int32 // an actor.LogLevel: what is less important isn't printed
	dir   string       // paths are shown relative to it
	now   func() time.Time
	last  repeats
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
	d.write("", d.format(level, event, text, fields...))
}

// format is what print writes.
func (d *devOut) format(level actor.LogLevel, event, text string, fields ...pair) []byte {
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
	return b.Bytes()
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
	case []string:
		return quoteLog(strings.Join(v, ","))
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
	if s == "" || strings.ContainsAny(s, " \t\r\n\"=") || strings.ContainsFunc(s, safe.Dangerous) {
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
