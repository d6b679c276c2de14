package studio

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// viaHeader lets the command line say that it asks: entries name it.
const viaHeader = "X-Rivet-Via"

func (q *request) via() string {
	if q.Request.Header.Get(viaHeader) == "cli" {
		return "cli"
	}
	return "studio"
}

// conns is GET /actors/:id/connections.
func (s *Studio) conns(q *request) error {
	if _, err := s.o.Engine.Lookup(q.Context(), q.id()); err != nil {
		return err
	}
	from, limit, err := q.page(maxList)
	if err != nil {
		return err
	}
	all := s.connsOf(q.id())
	total := len(all)
	all = all[min(from, total):min(from+limit, total)]
	return q.json(http.StatusOK, inspect.List[inspect.Conn]{Items: all, Total: &total, Next: nextPage(from+len(all), total)})
}

func (s *Studio) connsOf(id actor.ID) []inspect.Conn {
	out, hide := []inspect.Conn{}, s.o.Ring.Redactor()
	for _, v := range s.o.Engine.Conns(id) {
		c := inspect.Conn{
			ID: string(v.ID), Transport: string(v.Transport), Encoding: v.Encoding,
			Params: inspect.TaggedPtr(hide.Value(given(v.Params))), Auth: inspect.TaggedPtr(hide.Value(given(v.Auth))), Subs: v.Subscriptions,
			Since: v.Since.UnixMilli(), Sent: v.Sent, Received: v.Received, QueueBytes: v.QueueBytes,
		}
		if v.HasState {
			if g, err := value.DecodeGraph(v.State); err == nil {
				c.State = inspect.TaggedPtr(g.Value())
			}
		}
		out = append(out, c)
	}
	return out
}

// given is v, undefined for what was never set.
func given(v value.Value) value.Value {
	if v == nil {
		return value.Undefined{}
	}
	return v
}

// closeConn is DELETE /actors/:id/connections/:conn.
func (s *Studio) closeConn(q *request) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if q.ContentLength != 0 {
		if err := q.read(&in); err != nil {
			return err
		}
	}
	if len(in.Reason) > 123 {
		return invalid("A reason has at most 123 bytes.")
	}
	if err := s.o.Engine.CloseConn(q.id(), actor.ConnID(q.PathValue("conn")), in.Reason); err != nil {
		return err
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}

// args reads an array of tagged values.
func args(t inspect.Tagged) ([]value.Value, error) {
	if t.Tree == nil {
		return nil, nil
	}
	v, err := t.Value()
	if err != nil {
		return nil, invalid("args: %v.", err)
	}
	list, ok := v.(*value.Array)
	if !ok {
		return nil, invalid("args must be an array.")
	}
	return list.Items, nil
}

// emit is POST /actors/:id/events.
func (s *Studio) emit(q *request) error {
	var in inspect.Emit
	if err := q.read(&in); err != nil {
		return err
	}
	list, err := args(in.Args)
	if err != nil {
		return err
	}
	if in.Name == "" {
		return invalid("The event's name is missing.")
	}
	seq, err := s.o.Engine.Emit(q.Context(), q.id(), &actor.Event{Name: in.Name, Args: list}, actor.ConnID(in.Conn))
	if err != nil {
		return err
	}
	return q.json(http.StatusOK, inspect.Emitted{Seq: seq})
}

// call is POST /actors/:id/actions/:name: as a server-side caller.
func (s *Studio) call(q *request) error {
	var in inspect.Call
	if err := q.read(&in); err != nil {
		return err
	}
	list, err := args(in.Args)
	if err != nil {
		return err
	}
	params := value.Value(value.Undefined{})
	if in.Params != nil {
		if params, err = in.Params.Value(); err != nil {
			return invalid("params: %v.", err)
		}
	}
	ctx := q.Context()
	if in.TimeoutMs > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(in.TimeoutMs)*time.Millisecond)
		defer cancel()
	}
	began := time.Now()
	out, en, err := s.o.Engine.CallTraced(ctx, actor.CallSpec{
		Query: actor.Query{Kind: actor.GetForID, ID: q.id()}, Action: q.PathValue("name"), Args: list,
		Caller: actor.Caller{Params: params, Auth: value.Undefined{}, Transport: actor.InProcess, Server: true, Via: q.via()},
	})
	if err != nil {
		return err
	}
	answer := inspect.Called{Output: inspect.TaggedOf(given(out)), Us: time.Since(began).Microseconds()}
	if en != nil {
		answer.Us, answer.Seq, answer.Trace = en.Took.Microseconds(), en.Seq, number(en.Trace)
	}
	if out == nil {
		answer.Output = inspect.Tagged{}
	}
	return q.json(http.StatusOK, answer)
}

// number names a trace or span.
func number(seq uint64) string { return strconv.FormatUint(seq, 16) }
