package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// streamOptions are what `rivet events` and `rivet logs` were asked for.
type streamOptions struct {
	actor  *subject // nil: all
	n      int      // -1: all that --since takes in
	follow bool
	filter string
	since  time.Time // zero: whenever
	server serverOptions
}

// stream is a kind of thing that happens, of which the API has a list and a topic.
type stream[T any] struct {
	topic string
	seq   func(T) uint64
	at    func(T) int64
	page  func(context.Context, *client.Inspector, client.HistoryQuery) (inspect.List[T], error)
	of    func(client.Update) []T
	print func([]T) error // in the form for people, or for a pipe
}

// streamCommand makes the command; run has the options once they are read.
func streamCommand(a *App, cmd *cobra.Command, run func(context.Context, streamOptions) error) *cobra.Command {
	var o streamOptions
	var since string
	cmd.Args = between(0, 1, "an ACTOR at most")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			o.actor = &s
		}
		if o.n < 0 {
			return usage("-n takes a number from 0 up")
		}
		if since != "" {
			var err error
			if o.since, err = a.parseSince(since); err != nil {
				return err
			}
			if !cmd.Flags().Changed("lines") {
				o.n = -1
			}
		}
		return run(cmd.Context(), o)
	}
	f := cmd.Flags()
	f.IntVarP(&o.n, "lines", "n", 100, "print the last `N`")
	f.BoolVarP(&o.follow, "follow", "f", false, "go on, and print what is new")
	f.StringVar(&o.filter, "filter", "", "print what matches `EXPR`")
	f.StringVar(&since, "since", "", "print what is no older than `TIME`: 5m, or 2026-11-23T14:00:00Z")
	o.server.registerURL(f)
	return cmd
}

// parseSince reads a duration before now, or a time.
func (a *App) parseSince(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	d, err := parseTime("--since", text)
	if err != nil {
		return time.Time{}, err
	}
	return a.now().Add(-d), nil
}

func runStream[T any](ctx context.Context, a *App, o streamOptions, s stream[T]) error {
	id := ""
	if o.actor != nil {
		in, err := a.inspect(ctx, o.server)
		if err != nil {
			return err
		}
		if id, err = a.findPast(ctx, in, *o.actor); err != nil {
			return err
		}
	}
	if o.follow {
		return followStream(ctx, a, o, s, id)
	}
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	list, err := lastOf(ctx, in, o, s, client.HistoryQuery{Actor: id, Filter: o.filter})
	if err != nil {
		return o.explain(err)
	}
	if a.global.json {
		return a.printJSON(ctx, list)
	}
	return s.print(list.Items)
}

// findPast is the id of an actor that is there, or of which something is known.
func (a *App) findPast(ctx context.Context, in *client.Inspector, s subject) (string, error) {
	x, err := a.find(ctx, in, s)
	if err == nil || !errs.Is(err, errs.ActorNotFound) {
		return x.ID, err
	}
	id := s.ID
	if id == "" {
		id = string(actor.IDOf(s.Name, s.Key))
	}
	page, herr := in.History(ctx, client.HistoryQuery{Actor: id, Limit: 1})
	if herr != nil || len(page.Items) == 0 {
		return "", err
	}
	return id, nil
}

// lastOf are the newest items of what is kept, oldest first.
func lastOf[T any](ctx context.Context, in *client.Inspector, o streamOptions, s stream[T], q client.HistoryQuery) (inspect.List[T], error) {
	list := inspect.List[T]{Items: []T{}}
	for {
		q.Limit = maxPage
		if o.n >= 0 {
			q.Limit = max(1, min(maxPage, o.n-len(list.Items)))
		}
		page, err := s.page(ctx, in, q)
		if err != nil {
			return list, err
		}
		list.Total = page.Total
		old := slices.IndexFunc(page.Items, func(x T) bool { return s.at(x) < o.since.UnixMilli() && !o.since.IsZero() })
		if old >= 0 {
			page.Items, page.Next = page.Items[:old], ""
		}
		list.Items = append(list.Items, page.Items...)
		if o.n >= 0 && len(list.Items) >= o.n {
			list.Items, page.Next = list.Items[:o.n], ""
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			slices.Reverse(list.Items)
			return list, nil
		}
	}
}

// explain points at a filter that the server didn't take.
func (o *streamOptions) explain(err error) error {
	if !errs.Is(err, errs.InvalidRequest) || o.filter == "" {
		return err
	}
	e := errs.As(err)
	return (&failure{says: errs.New(errs.Usage, "%s", e.Msg).WithHint("%s", e.Hint)}).pointAt(o.filter)
}

// snapLength is how many items the topic begins with.
const snapLength = 1000

// remembered is how many items are known by number, so that none is told twice:
// what was missed is asked for by number, but told in the order in which it ended.
const remembered = 8192

// follower prints a stream, each item once. It belongs to the watch's goroutine.
type follower[T any] struct {
	a      *App
	o      streamOptions
	s      stream[T]
	query  client.HistoryQuery
	server string // whose numbers these are
	began  bool
	away   bool // the server was, so that something may be missing
	seen   map[uint64]bool
	order  []uint64
	last   uint64
}

func followStream[T any](ctx context.Context, a *App, o streamOptions, s stream[T], id string) error {
	f := &follower[T]{a: a, o: o, s: s, query: client.HistoryQuery{Actor: id, Filter: o.filter}}
	return o.explain(a.follow(ctx, o.server, topic{
		name: s.topic, query: inspect.Query{Actor: id, Filter: o.filter, Last: snapLength},
		told: func(in *client.Inspector, server string, u client.Update) error { return f.take(ctx, in, server, u) },
		back: func() { f.away = true },
	}))
}

// take prints what of an update is new, and before it what is missing.
func (f *follower[T]) take(ctx context.Context, in *client.Inspector, server string, u client.Update) error {
	if f.server != server {
		f.server, f.seen, f.order, f.last = server, map[uint64]bool{}, nil, 0
	}
	items := f.s.of(u)
	if !f.began {
		f.began = true
		return f.begin(ctx, in, items)
	}
	from, to := uint64(0), uint64(0)
	if u.Dropped != nil {
		from, to = u.Dropped.From, u.Dropped.To
	}
	if f.away {
		f.away, from = false, f.last+1
		if to = 0; len(items) > 0 {
			to = f.s.seq(items[0])
		}
	}
	if from > 0 {
		if err := f.fill(ctx, in, from, to); err != nil {
			return err
		}
	}
	return f.print(ctx, items)
}

// begin prints the last few; all are known then.
func (f *follower[T]) begin(ctx context.Context, in *client.Inspector, items []T) error {
	shown := items
	old := func(x T) bool { return f.s.at(x) < f.o.since.UnixMilli() }
	switch {
	case !f.o.since.IsZero() && slices.ContainsFunc(items, old):
		shown = slices.DeleteFunc(slices.Clone(items), old)
	case len(items) > 0 && (f.o.n > len(items) || f.o.n < 0): // the topic may not go back so far
		list, err := lastOf(ctx, in, f.o, f.s, f.query)
		if err != nil {
			return err
		}
		if err := f.print(ctx, list.Items); err != nil {
			return err
		}
	}
	if f.o.n >= 0 {
		shown = shown[max(0, len(shown)-f.o.n):]
	}
	fresh := map[uint64]bool{}
	for _, x := range shown {
		fresh[f.s.seq(x)] = true
	}
	for _, x := range items {
		if seq := f.s.seq(x); !fresh[seq] {
			f.note(seq)
		}
	}
	return f.print(ctx, shown)
}

// fill prints items that the server left out since we were too slow, or away.
func (f *follower[T]) fill(ctx context.Context, in *client.Inspector, from, to uint64) error {
	q := f.query
	q.From, q.To, q.Order, q.Limit = from, to, "asc", maxPage
	for {
		page, err := f.s.page(ctx, in, q)
		if err != nil {
			return err
		}
		if err := f.print(ctx, page.Items); err != nil {
			return err
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}

// note remembers an item; it reports whether it is new.
func (f *follower[T]) note(seq uint64) bool {
	if f.seen[seq] {
		return false
	}
	f.seen[seq], f.last = true, max(f.last, seq)
	if f.order = append(f.order, seq); len(f.order) > remembered {
		delete(f.seen, f.order[0])
		f.order = f.order[1:]
	}
	return true
}

func (f *follower[T]) print(ctx context.Context, items []T) error {
	fresh := make([]T, 0, len(items))
	for _, x := range items {
		if f.note(f.s.seq(x)) {
			fresh = append(fresh, x)
		}
	}
	if !f.a.global.json {
		return f.s.print(fresh)
	}
	for _, x := range fresh {
		if err := f.a.printJSONLine(ctx, x); err != nil {
			return err
		}
	}
	return nil
}
