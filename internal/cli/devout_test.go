package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/tui/safe"
)

// What actors log and how clients name actors can't look like lines of ours.
func TestALogLineStaysOneLine(t *testing.T) {
	t.Parallel()
	l := actor.Log{Level: actor.LogInfo, Msg: "hello", Actor: &actor.Ref{Name: "room", Key: []string{"a\n12:00:00 ERROR fake"}},
		Fields: []actor.LogField{{Key: "x\ntime=0 level=ERROR msg", Value: "\x1b[2J"}}}
	for style, name := range map[devStyle]string{pretty: "pretty", logfmt: "logfmt", jsonLines: "json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			d := &devOut{w: &b, style: style, safe: safe.Text, now: func() time.Time { return time.Unix(0, 0) }}
			d.line(l)
			if n := strings.Count(b.String(), "\n"); n != 1 || strings.Contains(b.String(), "\x1b") {
				t.Errorf("%d lines: %q", n, b.String())
			}
		})
	}
}

func TestAListIsReadableInLogfmt(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	d := &devOut{w: &b, style: logfmt, safe: safe.Text, now: func() time.Time { return time.Unix(0, 0) }}
	d.print(actor.LogInfo, "ready", "", pair{"actors", []string{"chat", "counter"}}, pair{"none", []string(nil)})
	if want := "time=1970-01-01T00:00:00Z level=INFO event=ready actors=chat,counter none=\"\"\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
