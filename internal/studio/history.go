package studio

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/studio/filter"
	"github.com/rivetdev/rivet/internal/studio/ring"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

type record = ring.Record

// entryFields are what the filter of entries and lines may ask for.
var entryFields = filter.Fields{
	"kind": filter.Text, "name": filter.Text, "conn": filter.Text, "path": filter.Text, "actor": filter.Text,
	"type": filter.Text, "key": filter.Text, "via": filter.Text, "code": filter.Text, "level": filter.Text, "trace": filter.Text,
	"version": filter.Text, "took": filter.Duration, "bytes": filter.Size, "seq": filter.Number, "rev": filter.Number,
}

// asked is a record as a filter sees it.
type asked struct {
	s   *Studio
	ctx context.Context
	*record
}

// Values calls f for the values of a text field.
func (a asked) Values(field string, f func(string) bool) bool {
	e := a.Entry
	switch field {
	case "kind":
		return f(string(e.Kind))
	case "name":
		return f(e.Name)
	case "conn":
		return f(string(e.Conn))
	case "via":
		return f(e.Via)
	case "trace":
		return f(number(e.Trace))
	case "version":
		return f(e.Version)
	case "code":
		return e.Err != nil && f(string(errs.CodeOf(e.Err)))
	case "level":
		return e.Log != nil && f(level(e.Log.Level))
	case "path":
		return slices.ContainsFunc(a.s.o.Ring.Patch(a.ctx, a.record, a.s.o.Engine.Image), func(o inspect.Op) bool { return f(o.Path) })
	}
	if e.Actor == nil {
		return f("")
	}
	switch field {
	case "actor":
		return f(string(e.Actor.ID)) || f(name(e.Actor))
	case "type":
		return f(e.Actor.Name)
	}
	return f(strings.Join(e.Actor.Key, "/"))
}

// name is an actor as people write it.
func name(r *actor.Ref) string { return strings.Join(append([]string{r.Name}, r.Key...), "/") }

// Number is one of a record's numbers.
func (a asked) Number(field string) float64 {
	switch field {
	case "took":
		return float64(a.Took.Microseconds())
	case "bytes":
		return float64(a.Size)
	case "rev":
		return float64(a.Rev)
	}
	return float64(a.Seq)
}

// Contains looks through what a record says.
func (a asked) Contains(word string) bool {
	e := a.Entry
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), word) }
	if has(e.Name) || has(string(e.Kind)) || e.Actor != nil && has(name(e.Actor)) || e.Err != nil && has(e.Err.Error()) {
		return true
	}
	if e.Log != nil && (has(e.Log.Msg) || slices.ContainsFunc(e.Log.Fields, func(f actor.LogField) bool { return has(f.Key) || hasValue(f.Value, has) })) {
		return true
	}
	return slices.ContainsFunc(e.Args, func(v value.Value) bool { return hasValue(v, has) }) || hasValue(e.Output, has)
}

func hasValue(v value.Value, has func(string) bool) bool {
	switch v := v.(type) {
	case nil, value.Undefined:
		return false
	case string:
		return has(v)
	}
	b, err := inspect.TaggedOf(v).MarshalJSON()
	return err == nil && len(b) < 1<<20 && has(string(b))
}

// HasError reports whether a record tells of an error.
func (a asked) HasError() bool { return isError(a.Entry) }

func isError(e *actor.Entry) bool {
	return e.Err != nil || e.Log != nil && e.Log.Level >= actor.LogError
}

func level(l actor.LogLevel) string {
	return [...]string{"trace", "debug", "info", "warn", "error", "critical"}[min(max(int(l), 0), 5)]
}

// search asks for records.
type search struct {
	actor    actor.ID // "": all
	expr     filter.Expr
	logs     bool // log lines alone
	from, to uint64
}

func (s *Studio) matches(ctx context.Context, w *search, r *record) bool {
	if w.actor != "" && (r.Entry.Actor == nil || r.Entry.Actor.ID != w.actor) ||
		w.logs && r.Kind != actor.EntryLog || r.Seq < w.from || w.to != 0 && r.Seq > w.to {
		return false
	}
	return w.expr.Empty() || w.expr.Match(asked{s, ctx, r})
}

// find are the records that match, oldest first.
func (s *Studio) find(ctx context.Context, w search) []*record {
	recs := s.o.Ring.Records(w.actor, w.actor == "")
	return slices.DeleteFunc(recs, func(r *record) bool { return !s.matches(ctx, &w, r) })
}

// searchOf reads actor, filter, from and to.
func (q *request) searchOf() (search, error) {
	p := q.URL.Query()
	w := search{actor: actor.ID(p.Get("actor"))}
	var err error
	if w.expr, err = filter.Parse(p.Get("filter"), entryFields); err != nil {
		return w, err
	}
	if w.from, err = q.seq("from"); err != nil {
		return w, err
	}
	w.to, err = q.seq("to")
	return w, err
}

// pageOf is a page of records in the order that is asked for, newest first by
// default; its cursor is the Seq to go on from.
func (q *request) pageOf(recs []*record) (page []*record, next string, err error) {
	limit, err := q.int("limit", 100, 1, maxList)
	if err != nil {
		return nil, "", err
	}
	order := q.URL.Query().Get("order")
	if order != "" && order != "asc" && order != "desc" {
		return nil, "", invalid("order=%s: want asc or desc.", order)
	}
	cursor, err := q.seq("cursor")
	if err != nil {
		return nil, "", err
	}
	if order != "asc" {
		slices.Reverse(recs)
	}
	if cursor != 0 {
		recs = slices.DeleteFunc(recs, func(r *record) bool {
			return order == "asc" && r.Seq < cursor || order != "asc" && r.Seq > cursor
		})
	}
	if len(recs) > limit {
		return recs[:limit], strconv.FormatUint(recs[limit].Seq, 10), nil
	}
	return recs, "", nil
}

// history is GET /history.
func (s *Studio) history(q *request) error {
	w, err := q.searchOf()
	if err != nil {
		return err
	}
	recs := s.find(q.Context(), w)
	total := len(recs)
	recs, next, err := q.pageOf(recs)
	if err != nil {
		return err
	}
	items := make([]inspect.Entry, 0, len(recs))
	for _, r := range recs {
		items = append(items, s.entryOf(q.Context(), r, false))
	}
	return q.json(http.StatusOK, inspect.List[inspect.Entry]{Items: items, Next: next, Total: &total})
}

// entry is GET /history/:seq, whole.
func (s *Studio) entry(q *request) error {
	seq, err := strconv.ParseUint(q.PathValue("seq"), 10, 64)
	if err != nil {
		return invalid("%q is no number of an entry.", q.PathValue("seq"))
	}
	oldest := uint64(0)
	for _, r := range s.o.Ring.Records("", true) {
		if r.Seq == seq {
			return q.json(http.StatusOK, s.entryOf(q.Context(), r, true))
		}
		if oldest == 0 {
			oldest = r.Seq
		}
	}
	if seq <= s.o.Ring.Last() && seq > 0 {
		return coded(http.StatusGone, codeEvicted, "Entry %d is no longer kept; the oldest is %d.", seq, oldest).
			WithHint("history.entries and history.size say how much is kept.")
	}
	return notFound("There is no entry %d.", seq)
}

// clearHistory is DELETE /history?actor.
func (s *Studio) clearHistory(q *request) error {
	id := actor.ID(q.URL.Query().Get("actor"))
	s.o.Ring.Clear(id, id == "")
	q.WriteHeader(http.StatusNoContent)
	return nil
}

// brief is how much of a value a list shows; the entry by itself has all.
var brief = inspect.CutOptions{Depth: 8, String: 2048, Items: 64}

// entryOf is a record as the API tells it.
func (s *Studio) entryOf(ctx context.Context, r *record, whole bool) inspect.Entry {
	e := r.Entry
	out := inspect.Entry{
		Seq: e.Seq, At: e.At.UnixMilli(), Us: e.Took.Microseconds(), Kind: inspect.Kind(e.Kind), Name: e.Name, Conn: string(e.Conn),
		Trace: number(e.Trace), Span: number(e.Seq), Error: s.errorOf(e.Err), Rev: e.Rev, Version: e.Version, Bytes: r.Size,
	}
	if e.Actor != nil {
		out.Actor, out.Type, out.Key = string(e.Actor.ID), e.Actor.Name, e.Actor.Key
	}
	switch {
	case e.Cause != 0:
		out.Cause = &inspect.Cause{Seq: e.Cause}
	case e.Via != "":
		out.Cause = &inspect.Cause{Via: e.Via}
	}
	if len(e.Args) > 0 {
		out.Args = shorten(&value.Array{Items: e.Args}, whole)
	}
	if _, none := e.Output.(value.Undefined); !none && e.Output != nil {
		out.Output = shorten(e.Output, whole)
	}
	if l := e.Log; l != nil {
		out.Name, out.Message, out.Source = level(l.Level), l.Msg, l.At
		out.Args = fieldsOf(l, whole)
	}
	if p := s.o.Ring.Redactor().Patch(s.o.Ring.Patch(ctx, r, s.image())); p != nil {
		out.Patch = p
		if !whole {
			out.Patch = make(inspect.Patch, len(p))
			for i, o := range p {
				o.Value = inspect.Cut(o.Value, brief)
				out.Patch[i] = o
			}
		}
	}
	return out
}

// image is how the ring reads a state that it has no base for.
func (s *Studio) image() ring.Load {
	if s.o.Engine == nil {
		return nil
	}
	return s.o.Engine.Image
}

func shorten(v value.Value, whole bool) *inspect.Tagged {
	t := inspect.Tag(v)
	if !whole {
		t = inspect.Cut(t, brief)
	}
	return &inspect.Tagged{Tree: t}
}

func fieldsOf(l *actor.Log, whole bool) *inspect.Tagged {
	if len(l.Fields) == 0 {
		return nil
	}
	o := &value.Object{}
	for _, f := range l.Fields {
		o.Set(f.Key, f.Value)
	}
	return shorten(o, whole)
}

// logs is GET /logs.
func (s *Studio) logs(q *request) error {
	w, err := q.searchOf()
	if err != nil {
		return err
	}
	w.logs = true
	recs := s.find(q.Context(), w)
	total := len(recs)
	recs, next, err := q.pageOf(recs)
	if err != nil {
		return err
	}
	items := make([]inspect.Log, 0, len(recs))
	for _, r := range recs {
		items = append(items, logOf(r))
	}
	return q.json(http.StatusOK, inspect.List[inspect.Log]{Items: items, Next: next, Total: &total})
}

func logOf(r *record) inspect.Log {
	l := r.Log
	out := inspect.Log{Seq: r.Seq, At: r.Entry.At.UnixMilli(), Level: level(l.Level), Message: l.Msg, Fields: fieldsOf(l, false), Source: l.At}
	if a := r.Entry.Actor; a != nil {
		out.Actor, out.Type, out.Key = string(a.ID), a.Name, a.Key
	}
	return out
}

// errors is GET /errors: groups, the one with the newest occurrence first.
func (s *Studio) errors(q *request) error {
	w, err := q.searchOf()
	if err != nil {
		return err
	}
	groups := s.groups(q.Context(), w)
	total := len(groups)
	from, limit, err := q.page(100)
	if err != nil {
		return err
	}
	groups = groups[min(from, total):min(from+limit, total)]
	return q.json(http.StatusOK, inspect.List[inspect.ErrorGroup]{Items: groups, Total: &total, Next: nextPage(from+len(groups), total)})
}

func (s *Studio) groups(ctx context.Context, w search) []inspect.ErrorGroup {
	by := map[string]*inspect.ErrorGroup{}
	for _, r := range s.find(ctx, w) {
		if !isError(r.Entry) {
			continue
		}
		g := s.groupOf(r)
		old := by[g.FP]
		if old == nil {
			by[g.FP], old = &g, &g
		} else {
			old.Count++
			old.Message, old.Last, old.Seq = g.Message, max(old.Last, g.Last), g.Seq
		}
		if a := r.Entry.Actor; a != nil && len(old.Actors) < 20 && !slices.Contains(old.Actors, string(a.ID)) {
			old.Actors = append(old.Actors, string(a.ID))
		}
	}
	out := make([]inspect.ErrorGroup, 0, len(by))
	for _, g := range by {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b inspect.ErrorGroup) int { return cmp.Compare(b.Seq, a.Seq) })
	return out
}

func (s *Studio) groupOf(r *record) inspect.ErrorGroup {
	e := r.Entry
	g := inspect.ErrorGroup{Count: 1, First: e.At.UnixMilli(), Last: e.At.UnixMilli(), Seq: e.Seq, Name: e.Name, Actors: []string{}}
	if g.Name == "" || e.Kind == actor.EntryError {
		g.Name = strings.TrimSpace(string(e.Kind) + " " + e.Name)
	}
	at := ""
	if e.Actor != nil {
		g.Type = e.Actor.Name
	}
	if e.Err != nil {
		x := errs.As(e.Err)
		g.Code, g.Message, at = string(x.Code), x.Msg, x.At
	} else {
		g.Code, g.Message, at, g.Name = "log", e.Log.Msg, e.Log.At, level(e.Log.Level)
	}
	g.At = s.place(at)
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\x00%s", g.Code, g.Type, g.Name, at, shape(g.Message))
	g.FP = fmt.Sprintf("%016x", h.Sum64())
	return g
}

// shape is a message without its numbers, so that errors alike are grouped.
func shape(msg string) string {
	var b strings.Builder
	digit := false
	for _, c := range msg {
		if c >= '0' && c <= '9' {
			if !digit {
				b.WriteByte('0')
			}
			digit = true
			continue
		}
		digit = false
		b.WriteRune(c)
	}
	return b.String()
}
