package studio

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/studio/filter"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	maxItems     = 1000 // of a stream, at a time
	itemBytes    = 256 << 10
	maxFrameOut  = 1 << 20
	maxSearchLen = 4096
)

// sub is one subscription. Topics of two kinds: a picture, which is sent whole
// and then as patches, and a stream of entries.
type sub struct {
	id     int
	topic  string
	query  inspect.Query
	window inspect.Window
	every  time.Duration // at least so long between looks
	next   time.Time
	stale  bool // look, whatever the ring says
	lost   bool // frames were made that nobody got: begin anew

	// What follows belongs to the watcher's run.
	view    inspect.Window // window, as of this look
	picture func(context.Context) (any, error)
	polled  bool   // changes without entries: look every second
	seen    uint64 // position of the ring at the last look
	looked  time.Time
	rev     uint64
	tree    value.Value // as of the last frame
	began   bool

	find *search // of a stream
	logs bool
	pos  uint64 // of the last record that was looked at
	last uint64 // Seq of the last record that was sent
}

// subscription makes what a client asks for.
func (s *Studio) subscription(f *inspect.ToServer) (*sub, error) {
	u := &sub{id: f.ID, topic: f.Topic, stale: true}
	if f.Query != nil {
		u.query = *f.Query
	}
	if len(u.query.Filter)+len(u.query.Q) > maxSearchLen {
		return nil, invalid("The filter is longer than %d bytes.", maxSearchLen)
	}
	u.window = inspect.Window{To: 100}
	if w := f.Window; w != nil && w.From >= 0 && w.To >= w.From {
		u.window = inspect.Window{From: w.From, To: min(w.To, w.From+maxList)}
	}
	u.view = u.window
	id := actor.ID(u.query.Actor)
	switch f.Topic {
	case inspect.TopicMeta:
		u.polled = true
		u.picture = func(context.Context) (any, error) { return s.metaFor(access{readOnly: s.o.ReadOnly}), nil }
	case inspect.TopicBuild:
		u.polled = true
		u.picture = func(context.Context) (any, error) { return s.buildNow(), nil }
	case inspect.TopicTypes:
		u.every = 500 * time.Millisecond
		u.polled = true
		u.picture = func(ctx context.Context) (any, error) { return s.typeList(ctx) }
	case inspect.TopicActors:
		u.polled = true
		u.picture = func(ctx context.Context) (any, error) { return s.actorsPicture(ctx, u) }
		_, err := s.actorsPicture(s.hub.ctx, u) // a bad filter is told at once
		return u, err
	case inspect.TopicActor:
		u.polled = true
		u.picture = func(ctx context.Context) (any, error) { return s.actorOf(ctx, id) }
	case inspect.TopicState:
		u.picture = func(ctx context.Context) (any, error) { return s.statePicture(ctx, u) }
	case inspect.TopicConnections:
		u.polled = true
		u.picture = func(context.Context) (any, error) { return s.connsOf(id), nil }
	case inspect.TopicSchedule:
		u.every = 300 * time.Millisecond
		u.polled = true
		u.picture = func(ctx context.Context) (any, error) { return s.alarms(ctx, id) }
	case inspect.TopicErrors:
		u.every = 300 * time.Millisecond
		w, err := s.streamSearch(u, id)
		u.picture = func(ctx context.Context) (any, error) { return s.groups(ctx, *w), nil }
		return u, err
	case inspect.TopicHistory, inspect.TopicLogs:
		w, err := s.streamSearch(u, id)
		if err != nil {
			return nil, err
		}
		w.logs = f.Topic == inspect.TopicLogs
		u.find, u.logs = w, w.logs
	default:
		return nil, invalid("There is no topic %q.", f.Topic)
	}
	return u, nil
}

func (s *Studio) streamSearch(u *sub, id actor.ID) (*search, error) {
	expr, err := filter.Parse(u.query.Filter, entryFields)
	return &search{actor: id, expr: expr}, err
}

// rows is the data of the topic actors.
type rows struct {
	From  int             `json:"from"`
	Total int             `json:"total"`
	Items []inspect.Actor `json:"items"`
}

func (s *Studio) actorsPicture(ctx context.Context, u *sub) (any, error) {
	q := u.query
	items, total, err := s.dir.list(ctx, listing{typ: q.Type, q: q.Q, status: q.Status, sort: q.Sort, from: u.view.From, to: u.view.To})
	return rows{From: u.view.From, Total: total, Items: items}, err
}

// statePicture is a state, cut if it is too large for a frame.
func (s *Studio) statePicture(ctx context.Context, u *sub) (any, error) {
	st, err := s.stateOf(ctx, actor.ID(u.query.Actor), u.query.Path, u.query.Depth)
	if err != nil {
		return nil, err
	}
	st.Seq = 0 // it changes with everything that happens anywhere
	options := []inspect.CutOptions{{}, {Depth: 8, String: 16 << 10, Items: 2000}, {Depth: 4, String: 1024, Items: 200}, {Depth: 2, String: 256, Items: 50}}
	if st.Bytes > maxFrameOut {
		options = options[1:] // JSON is longer still
	}
	for _, o := range options {
		if o != (inspect.CutOptions{}) {
			st.Value.Tree = inspect.Cut(st.Value.Tree, o)
		}
		if b, err := st.Value.MarshalJSON(); err != nil || len(b) < maxFrameOut*3/4 {
			return st, err
		}
	}
	return st, nil
}

// due reports whether a look may find something new.
func (u *sub) due(s *Studio) bool {
	if u.stale {
		return true
	}
	if u.topic == inspect.TopicState {
		return s.o.Ring.PosOf(actor.ID(u.query.Actor)) != u.seen
	}
	pos := s.o.Ring.Pos()
	if u.find != nil {
		return pos != u.pos
	}
	return pos != u.seen || u.polled && time.Since(u.looked) >= time.Second-50*time.Millisecond || u.topic == inspect.TopicBuild
}

// look finds what is new and gives it as frames. Only run calls it.
func (u *sub) look(ctx context.Context, s *Studio) ([]*inspect.ToClient, error) {
	if u.find != nil {
		return u.stream(ctx, s)
	}
	u.seen, u.looked = s.o.Ring.Pos(), time.Now()
	if u.topic == inspect.TopicState {
		u.seen = s.o.Ring.PosOf(actor.ID(u.query.Actor))
	}
	data, err := u.picture(ctx)
	if err != nil {
		return nil, err
	}
	text, err := encode(data)
	if err != nil {
		return nil, err
	}
	tree, err := value.ParseJSON(text)
	if err != nil {
		return nil, err
	}
	old := u.tree
	u.tree = tree
	if u.began {
		ops := inspect.Diff(old, tree)
		if len(ops) == 0 {
			return nil, nil
		}
		if patch, err := encode(ops); err == nil && len(patch) < len(text)+1024 {
			u.rev++
			return []*inspect.ToClient{{T: "patch", From: u.rev - 1, Rev: u.rev, Ops: ops}}, nil
		}
	}
	u.began = true
	u.rev++
	f := &inspect.ToClient{T: "snap", Rev: u.rev, Data: text}
	if r, ok := data.(rows); ok {
		f.Total = &r.Total
	}
	return []*inspect.ToClient{f}, nil
}

// stream gives the records since the last look; at first the last few.
func (u *sub) stream(ctx context.Context, s *Studio) ([]*inspect.ToClient, error) {
	var out []*inspect.ToClient
	if !u.began {
		u.began = true
		u.pos = s.o.Ring.Pos()
		recs := []*record{}
		if u.query.Last >= 0 {
			n := min(max(u.query.Last, 0), maxItems)
			if n == 0 {
				n = 100
			}
			recs = s.find(ctx, *u.find)
			recs = recs[max(0, len(recs)-n):]
		}
		items, bytes := u.items(ctx, s, recs)
		for bytes > maxFrameOut*3/4 && len(recs) > 1 {
			recs = recs[len(recs)/2:]
			items, bytes = u.items(ctx, s, recs)
		}
		for _, r := range recs {
			u.last = max(u.last, r.Seq)
		}
		u.rev++
		return append(out, &inspect.ToClient{T: "snap", Rev: u.rev, Data: items}), nil
	}
	recs, skipped, now := s.o.Ring.Since(u.pos, maxItems)
	u.pos = now
	f := &inspect.ToClient{T: "items"}
	if skipped > 0 {
		f.Dropped = &inspect.Dropped{From: u.last + 1, Count: skipped}
		if len(recs) > 0 {
			f.Dropped.To = max(recs[0].Seq, 1) - 1
		} else {
			f.Dropped.To = s.o.Ring.Last()
		}
	}
	var match []*record
	for _, r := range recs {
		if s.matches(ctx, u.find, r) {
			match = append(match, r)
			u.last = max(u.last, r.Seq)
		}
	}
	if len(match) == 0 && f.Dropped == nil {
		return nil, nil
	}
	for {
		part := match
		items, bytes := u.items(ctx, s, part)
		for bytes > maxFrameOut*3/4 && len(part) > 1 {
			part = part[:len(part)/2]
			items, bytes = u.items(ctx, s, part)
		}
		f.Items = items
		out = append(out, f)
		if match = match[len(part):]; len(match) == 0 {
			return out, nil
		}
		f = &inspect.ToClient{T: "items"}
	}
}

// items are records as JSON.
func (u *sub) items(ctx context.Context, s *Studio, recs []*record) (json.RawMessage, int) {
	list := make([]any, 0, len(recs))
	for _, r := range recs {
		if u.logs {
			list = append(list, logOf(r))
		} else {
			list = append(list, s.entryOf(ctx, r, false))
		}
	}
	b, err := encode(list)
	if err != nil {
		b = []byte("[]")
	}
	return b, len(b)
}
