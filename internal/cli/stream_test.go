package cli

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func tagged(t testing.TB, text string) *inspect.Tagged {
	return &inspect.Tagged{Tree: tree(t, text)}
}

func TestEventsFitTheTerminal(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 14, 2, 11, 123e6, time.UTC).UnixMilli()
	list := []inspect.Entry{
		{Seq: 1, Type: "counter", Key: []string{"my-counter"}, At: at, Us: 422, Kind: inspect.KindAction, Name: "increment", Args: tagged(t, `[3]`), Output: tagged(t, `10`), Patch: inspect.Patch{{Op: "replace", Path: "/count", Value: 10.0}}},
		{Seq: 2, Type: "counter", Key: []string{"my-counter"}, At: at, Kind: inspect.KindEvent, Name: "newCount", Args: tagged(t, `[10]`)},
		{Seq: 3, Type: "room", Key: []string{"日本", strings.Repeat("x", 50)}, At: at + 5, Us: 1200, Kind: inspect.KindAction, Name: "fail\x1b[2J", Error: &inspect.Error{Code: "closed", Message: "It is closed,\nand has been for a long time now.", At: &inspect.Place{File: "registry.ts", Line: 5}}},
		{Seq: 4, Type: "room", Key: []string{}, At: at + 9, Kind: inspect.KindConnect, Conn: "0123456789abcdef"},
		{Seq: 5, Type: "room", Key: []string{"a"}, At: at + 9, Kind: inspect.KindLog, Name: "warn", Message: "low", Args: tagged(t, `{"left":3}`)},
		{Seq: 6, Type: "room", Key: []string{"a"}, At: at + 9, Us: 2e6, Kind: inspect.KindState, Patch: inspect.Patch{{Op: "remove", Path: "/a"}, {Op: "add", Path: "/b", Value: strings.Repeat("y", 60)}, {Op: "move", From: "/c", Path: "/d"}, {Op: "add", Path: "/e", Value: nil}}},
	}
	testkit.Golden(t, "events.txt", []byte(looks(t, func(a *App) error { return (&entryLines{a: a}).print(list) })))
}

func TestLogsStandWhole(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 14, 2, 11, 123e6, time.UTC).UnixMilli()
	list := []inspect.Log{
		{Seq: 1, Type: "counter", Key: []string{"a"}, At: at, Level: "info", Message: "hello", Fields: tagged(t, `{"size":5,"who":"bob"}`), Source: "registry.ts:3:7"},
		{Seq: 2, At: at, Level: "error", Message: "two\nlines\x1b]0;x\x07"},
	}
	for _, color := range []string{"never", "always"} {
		var b strings.Builder
		a := &App{Out: &b, OutTTY: true, Width: 80, Now: func() time.Time { return time.UnixMilli(at).UTC() }, global: globals{color: color}}
		if err := (&logLines{a: a}).print(list); err != nil {
			t.Fatal(err)
		}
		testkit.Golden(t, "logs-"+color+".txt", []byte(strings.ReplaceAll(b.String(), "\x1b", "␛")))
	}
}

func TestListsFitTheTerminal(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC).UnixMilli()
	list := []inspect.Actor{
		{ID: "0123456789abcdef", Type: "counter", Key: []string{"my-counter"}, Status: inspect.Awake, CreatedAt: now - 86400e3, ActiveAt: now - 5000, Rev: 12, StateBytes: 15, Conns: 3},
		{ID: "0123456789abcde0", Type: "部屋", Key: []string{"日本/語", ""}, Status: inspect.Failed, CreatedAt: now, ActiveAt: now, Rev: 1, StateBytes: 3 << 20, Errors: 17},
		{ID: "0123456789abcde1", Type: "room", Key: []string{strings.Repeat("long-", 20)}, Status: inspect.Sleeping, CreatedAt: now, ActiveAt: now, Rev: 123456},
	}
	testkit.Golden(t, "ls.txt", []byte(looks(t, func(a *App) error { return a.printTable(a.actorTable(list)) })))
	conns := []inspect.Conn{
		{ID: "0123456789abcdef", Transport: "websocket", Encoding: "json", Subs: []string{"newCount", "reset"}, Since: now - 65e3, Sent: 10, Received: 1, Params: tagged(t, `{"name":"bob\u001b"}`)},
		{ID: "1123456789abcdef", Transport: "sse", Encoding: "cbor", Subs: []string{strings.Repeat("event", 20)}, Since: now, QueueBytes: 5000},
	}
	testkit.Golden(t, "conns.txt", []byte(looks(t, func(a *App) error { return a.printTable(a.connTable(conns)) })))
	alarms := []inspect.Alarm{
		{ID: "0123456789abcdef", Type: "reminder", Key: []string{"bob"}, Action: "remind", Args: *tagged(t, `["tea"]`), Due: now + 5000, Status: inspect.AlarmPending},
		{ID: "1123456789abcdef", Type: "reminder", Key: []string{"日本", "語"}, Action: "remind", Args: *tagged(t, `[{"a":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]`), Due: now - 3600e3, Attempt: 5, Status: inspect.AlarmFailed, LastError: "user_error: it\nfailed"},
	}
	testkit.Golden(t, "schedule.txt", []byte(looks(t, func(a *App) error { return a.printTable(a.alarmTable(alarms)) })))
	types := []inspect.Type{
		{Type: "counter", Count: 2, File: "registry.ts", Line: 3, Actions: []inspect.Action{{Name: "increment", Signature: "(n: number = 1)", Doc: "Adds n.\nAnd more."}, {Name: "get"}}},
		{Type: "idle", Actions: []inspect.Action{}},
	}
	testkit.Golden(t, "types.txt", []byte(looks(t, func(a *App) error { return a.printTypes(types) })))
}

// followed is a follower of what a server has by number, and what it told.
type followed struct {
	follower[inspect.Entry]
	has  []uint64 // of the server
	told []uint64
}

func newFollowed(o streamOptions) *followed {
	f := &followed{}
	f.follower = follower[inspect.Entry]{a: &App{}, o: o, s: stream[inspect.Entry]{
		seq: func(e inspect.Entry) uint64 { return e.Seq },
		at:  func(e inspect.Entry) int64 { return e.At },
		of:  func(u client.Update) []inspect.Entry { return u.Items },
		print: func(l []inspect.Entry) error {
			for _, e := range l {
				f.told = append(f.told, e.Seq)
			}
			return nil
		},
		page: func(_ context.Context, _ *client.Inspector, q client.HistoryQuery) (l inspect.List[inspect.Entry], err error) {
			for _, seq := range f.has {
				if seq >= q.From && (q.To == 0 || seq <= q.To) {
					l.Items = append(l.Items, entryNumber(seq))
				}
			}
			if q.Order != "asc" {
				slices.Reverse(l.Items)
			}
			return l, nil
		},
	}}
	return f
}

// entryNumber is an entry that happened seq seconds after 1970.
func entryNumber(seq uint64) inspect.Entry { return inspect.Entry{Seq: seq, At: int64(seq) * 1000} }

func TestFollowingLeavesNoGapAndTellsNothingTwice(t *testing.T) {
	t.Parallel()
	type step struct {
		server  string
		seqs    []uint64 // that the socket tells
		has     []uint64 // that the server has by then
		away    bool     // the server was
		dropped *inspect.Dropped
		want    []uint64
	}
	tests := map[string]struct {
		o     streamOptions
		steps []step
	}{
		"the last few, then what is new": {streamOptions{n: 2}, []step{
			{server: "a", seqs: []uint64{1, 2, 3, 5}, want: []uint64{3, 5}},
			{server: "a", seqs: []uint64{4, 6}, want: []uint64{4, 6}},
			{server: "a", seqs: []uint64{2, 4, 5, 6, 7}, want: []uint64{7}},
		}},
		"a server that was started anew counts from 1": {streamOptions{n: 9}, []step{
			{server: "a", seqs: []uint64{1, 2}, has: []uint64{1, 2}, want: []uint64{1, 2}},
			{server: "b", seqs: []uint64{2, 3}, has: []uint64{1, 2, 3}, away: true, want: []uint64{1, 2, 3}},
			{server: "b", seqs: []uint64{3}, want: nil},
		}},
		"what happened while the server could not be reached": {streamOptions{n: 0}, []step{
			{server: "a", seqs: []uint64{1, 2}, want: nil},
			{server: "a", seqs: []uint64{9}, has: []uint64{1, 2, 3, 4, 9}, away: true, want: []uint64{3, 4, 9}},
		}},
		"what the server left out": {streamOptions{n: 0}, []step{
			{server: "a", seqs: []uint64{1}, want: nil},
			{server: "a", seqs: []uint64{8}, has: []uint64{1, 2, 3, 7, 8}, dropped: &inspect.Dropped{From: 2, To: 7, Count: 3}, want: []uint64{2, 3, 7, 8}},
		}},
		"more than the topic begins with": {streamOptions{n: 4}, []step{
			{server: "a", seqs: []uint64{4, 5}, has: []uint64{1, 2, 3, 4, 5}, want: []uint64{2, 3, 4, 5}},
		}},
		"since a time": {streamOptions{n: -1, since: time.UnixMilli(3000)}, []step{
			{server: "a", seqs: []uint64{2, 3, 4}, want: []uint64{3, 4}},
		}},
		"since before what the topic begins with": {streamOptions{n: -1, since: time.UnixMilli(2000)}, []step{
			{server: "a", seqs: []uint64{3, 4}, has: []uint64{1, 2, 3, 4}, want: []uint64{2, 3, 4}},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFollowed(tt.o)
			for i, s := range tt.steps {
				f.told, f.has, f.away = nil, s.has, s.away
				u := client.Update{Dropped: s.dropped}
				for _, seq := range s.seqs {
					u.Items = append(u.Items, entryNumber(seq))
				}
				if err := f.take(t.Context(), nil, s.server, u); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(f.told, s.want) {
					t.Errorf("step %d: told %v, want %v", i, f.told, s.want)
				}
			}
		})
	}
}
