package cli

import (
	"bufio"
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newEventsCommand(a *App) *cobra.Command {
	return streamCommand(a, &cobra.Command{
		Use:   "events [ACTOR]",
		Short: "Print what actors did",
		Long: `Print what actors did: actions, events, starts, connections, schedules, changes of
state, oldest first.

A filter is terms side by side, all of which must hold: kind, name, actor, type,
key, conn, path, via, code, level, trace, version (with * for any text), took,
bytes, seq, rev (with > < >= <=), error for what failed, a word to look for, and -
before a term to turn it round.

In a pipe a line is: time, actor, kind, name, what, microseconds, number.`,
		Example: `  rivet events
  rivet events counter/my-counter --follow
  rivet events --filter 'kind:action name:inc* took:>50ms' --since 5m
  rivet events --filter error -n 10 --json`,
	}, func(ctx context.Context, o streamOptions) error {
		lines := &entryLines{a: a, one: o.actor != nil}
		return runStream(ctx, a, o, stream[inspect.Entry]{
			topic: inspect.TopicHistory,
			seq:   func(e inspect.Entry) uint64 { return e.Seq },
			at:    func(e inspect.Entry) int64 { return e.At },
			page: func(ctx context.Context, in *client.Inspector, q client.HistoryQuery) (inspect.List[inspect.Entry], error) {
				return in.History(ctx, q)
			},
			of:    func(u client.Update) []inspect.Entry { return u.Items },
			print: lines.print,
		})
	})
}

// entryLines prints entries of the history.
type entryLines struct {
	a     *App
	one   bool // of one actor: its name is left out on a terminal
	names names
}

func (l *entryLines) print(list []inspect.Entry) error {
	a := l.a
	if !a.OutTTY {
		t := &table{}
		for _, e := range list {
			var what strings.Builder
			for _, x := range entryPieces(e, true)[1:] {
				what.WriteString(x.text)
			}
			t.add(word(stamp(e.At)), word(actorName(e.Type, e.Key)), word(string(e.Kind)), word(e.Name),
				word(strings.TrimSpace(what.String())), number(e.Us), number(e.Seq))
		}
		return a.printTable(t)
	}
	if !l.one {
		actors := make([]string, len(list))
		for i, e := range list {
			actors[i] = actorName(e.Type, e.Key)
		}
		l.names.fit(a, actors)
	}
	w := bufio.NewWriter(a.Out)
	for _, e := range list {
		w.WriteString(l.line(e))
		w.WriteByte('\n')
	}
	return w.Flush()
}

// kindWidth is that of "unsubscribe".
const kindWidth = 11

func (l *entryLines) line(e inspect.Entry) string {
	p := painter(l.a.colorOut())
	clock := l.a.clock(e.At)
	line, left := p.dim(clock)+"  ", l.a.width()-len(clock)-2
	if !l.one {
		line += p.bold(padTo(actorName(e.Type, e.Key), l.names.width)) + "  "
		left -= l.names.width + 2
	}
	kind := string(e.Kind)
	if e.Error != nil {
		kind += " ✗"
	}
	line += kindColor(e)(p, padTo(kind, kindWidth)) + " "
	left -= kindWidth + 1
	took := ""
	if e.Us > 0 {
		took = "  " + tookText(e.Us)
	}
	line += fitPieces(p, left-len([]rune(took)), entryPieces(e, false))
	return strings.TrimRight(line+p.dim(took), " ")
}

func kindColor(e inspect.Entry) func(painter, string) string {
	if e.Error != nil {
		return painter.red
	}
	switch e.Kind {
	case inspect.KindAction:
		return painter.cyan
	case inspect.KindEvent:
		return painter.magenta
	case inspect.KindSchedule:
		return painter.yellow
	case inspect.KindState:
		return painter.green
	case inspect.KindError:
		return painter.red
	}
	return painter.dim
}

// entryPieces tell of an entry: its name, then what came of it; whole: all of it.
func entryPieces(e inspect.Entry, whole bool) []piece {
	if e.Kind == inspect.KindLog {
		return []piece{{e.Name, levelColor(e.Name)}, {" " + e.Message, nil}, {fieldsText(e.Args), painter.dim}}
	}
	out := []piece{{e.Name, painter.bold}}
	switch e.Kind {
	case inspect.KindAction, inspect.KindEvent, inspect.KindSchedule:
		out = append(out, piece{"(" + argsText(e.Args) + ")", nil})
	default:
		if e.Args != nil {
			out = append(out, piece{" " + argsText(e.Args), nil})
		}
	}
	if e.Output != nil {
		out = append(out, piece{" → ", painter.dim}, piece{briefly(e.Output.Tree), nil})
	}
	if e.Error != nil {
		out = append(out, piece{" ✗ " + e.Error.Code + ": " + e.Error.Message, painter.red})
		if at := e.Error.At; at != nil {
			out = append(out, piece{"  " + place(at.File, at.Line), painter.dim})
		}
	}
	if e.Conn != "" {
		out = append(out, piece{"  conn " + short(e.Conn), painter.dim})
	}
	if e.Kind == inspect.KindState || e.Patch != nil {
		out = append(out, piece{"  " + patchText(e.Patch, whole), painter.green})
	}
	return out
}

// patchText is a change of state, in a few words unless it is to be whole.
func patchText(p inspect.Patch, whole bool) string {
	var parts []string
	for i, o := range p {
		if i == 3 && !whole {
			parts = append(parts, "+"+strconv.Itoa(len(p)-i)+" more")
			break
		}
		path := o.Path
		if path == "" {
			path = "all"
		}
		switch o.Op {
		case "remove":
			path += " removed"
		case "add", "replace":
			text := briefly(o.Value)
			if !whole {
				text = ansiCut(text, 40)
			}
			path += "=" + text
		default:
			path = o.Op + " " + o.From + " " + path
		}
		parts = append(parts, path)
	}
	return strings.Join(parts, " ")
}
