package cli

import (
	"context"
	"log/slog"

	"github.com/rivetdev/rivet/internal/actor"
)

// logHandler sends rivet's own log to the same lines.
type logHandler struct {
	d     *devOut
	attrs []slog.Attr
}

func (h logHandler) Enabled(_ context.Context, l slog.Level) bool {
	return slogLevel(l) >= actor.LogLevel(h.d.level.Load())
}

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
