package cli

import (
	"bufio"
	"context"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newLogsCommand(a *App) *cobra.Command {
	return streamCommand(a, &cobra.Command{
		Use:   "logs [ACTOR]",
		Short: "Print what actors logged",
		Long: `Print what actors, and the server's own code, logged, oldest first. The language
of --filter is that of rivet events.

In a pipe a line is: time, level, actor, message, fields, place, number.`,
		Example: `  rivet logs
  rivet logs chatRoom/lobby --follow
  rivet logs --filter 'level:warn,error' --since 1h
  rivet logs --json --jq '.items[].message'`,
	}, func(ctx context.Context, o streamOptions) error {
		lines := &logLines{a: a, one: o.actor != nil}
		return runStream(ctx, a, o, stream[inspect.Log]{
			topic: inspect.TopicLogs,
			seq:   func(l inspect.Log) uint64 { return l.Seq },
			at:    func(l inspect.Log) int64 { return l.At },
			page: func(ctx context.Context, in *client.Inspector, q client.HistoryQuery) (inspect.List[inspect.Log], error) {
				return in.Logs(ctx, q)
			},
			of:    func(u client.Update) []inspect.Log { return u.Logs },
			print: lines.print,
		})
	})
}

// logLines prints lines of logs.
type logLines struct {
	a     *App
	one   bool
	names names
}

// logger is who logged, "-" for the server's own code.
func logger(l inspect.Log) string {
	if l.Type == "" {
		return "-"
	}
	return actorName(l.Type, l.Key)
}

func (l *logLines) print(list []inspect.Log) error {
	a := l.a
	if !a.OutTTY {
		t := &table{}
		for _, x := range list {
			fields := ""
			if x.Fields != nil {
				fields = briefly(x.Fields.Tree)
			}
			t.add(word(stamp(x.At)), word(x.Level), word(logger(x)), word(x.Message), word(fields), word(x.Source), number(x.Seq))
		}
		return a.printTable(t)
	}
	if !l.one {
		who := make([]string, len(list))
		for i, x := range list {
			who[i] = logger(x)
		}
		l.names.fit(a, who)
	}
	w := bufio.NewWriter(a.Out)
	p := painter(a.colorOut())
	for _, x := range list {
		w.WriteString(p.dim(a.clock(x.At)) + "  " + levelColor(x.Level)(p, padTo(x.Level, 5)) + "  ")
		if !l.one {
			w.WriteString(p.bold(padTo(logger(x), l.names.width)) + "  ")
		}
		// A message is never cut: it is what one looks for.
		w.WriteString(strings.ReplaceAll(safe.Text(strings.TrimRight(x.Message, "\n")), "\n", "\n  "))
		w.WriteString(p.dim(safe.Text(oneLine.Replace(fieldsText(x.Fields)))))
		if x.Source != "" {
			w.WriteString("  " + p.dim(safe.Text(x.Source)))
		}
		w.WriteByte('\n')
	}
	return w.Flush()
}

func levelColor(level string) func(painter, string) string {
	switch level {
	case "warn":
		return painter.yellow
	case "error", "critical":
		return painter.red
	case "info":
		return painter.green
	}
	return painter.dim
}

// fieldsText is a log line's fields as key=value.
func fieldsText(t *inspect.Tagged) string {
	if t == nil {
		return ""
	}
	o, ok := t.Tree.(*value.Object)
	if !ok {
		return " " + briefly(t.Tree)
	}
	var b strings.Builder
	for i, k := range o.Keys {
		b.WriteString("  " + k + "=" + briefly(o.Vals[i]))
	}
	return b.String()
}

// ansiCut is text of at most n columns.
func ansiCut(text string, n int) string { return ansi.Truncate(text, n, "…") }
