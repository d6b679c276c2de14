package studio

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// meta is GET /meta.
func (s *Studio) meta(q *request) error { return q.json(http.StatusOK, s.metaFor(q.access)) }

func (s *Studio) metaFor(a access) *inspect.Meta {
	l := s.o.Limits
	l.List, l.Body, l.Frame, l.Subscriptions = maxList, maxBody, inspect.MaxFrameIn, inspect.MaxSubscriptions
	return &inspect.Meta{
		Instance: s.o.Instance, Version: s.o.Version, Protocol: inspect.Protocol, Project: s.o.Project,
		Epoch: s.o.Instance, Code: s.o.Registry().Version, ReadOnly: a.readOnly, Limits: l, Endpoint: s.o.Endpoint,
	}
}

// actors is GET /actors.
func (s *Studio) actors(q *request) error {
	from, limit, err := q.page(100)
	if err != nil {
		return err
	}
	p := q.URL.Query()
	items, total, err := s.dir.list(q.Context(), listing{
		typ: p.Get("type"), q: p.Get("q"), status: p.Get("status"), sort: p.Get("sort"), from: from, to: from + limit,
	})
	if err != nil {
		return err
	}
	return q.json(http.StatusOK, inspect.List[inspect.Actor]{Items: items, Total: &total, Next: nextPage(from+len(items), total)})
}

// page is what limit and cursor say.
func (q *request) page(otherwise int) (from, limit int, err error) {
	if limit, err = q.int("limit", otherwise, 1, maxList); err != nil {
		return 0, 0, err
	}
	if c := q.URL.Query().Get("cursor"); c != "" {
		b, derr := base64.RawURLEncoding.DecodeString(c)
		if from, err = strconv.Atoi(string(b)); derr != nil || err != nil || from < 0 {
			return 0, 0, invalid("cursor=%s is none of this list.", c)
		}
	}
	return from, limit, nil
}

func nextPage(at, total int) string {
	if at >= total {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, int64(at), 10))
}

// create is POST /actors.
func (s *Studio) create(q *request) error {
	var in inspect.CreateRequest
	if err := q.read(&in); err != nil {
		return err
	}
	input := value.Value(value.Undefined{})
	if in.Input != nil {
		v, err := in.Input.Value()
		if err != nil {
			return invalid("input: %v.", err)
		}
		input = v
	}
	if in.Type == "" {
		return invalid("The type is missing.")
	}
	ref, err := s.o.Engine.Resolve(q.Context(), actor.Query{Kind: actor.Create, Name: in.Type, Key: in.Key, Input: input})
	if errs.Is(err, errs.ActorAlreadyExists) {
		e := coded(http.StatusConflict, codeExists, "%s", errs.As(err).Msg)
		return e
	}
	if err != nil {
		return err
	}
	return s.answerActor(q, http.StatusCreated, ref.ID)
}

// resolve is GET /resolve.
func (s *Studio) resolve(q *request) error {
	p := q.URL.Query()
	key := actor.Key{}
	if text := p.Get("key"); text != "" {
		if err := json.Unmarshal([]byte(text), &key); err != nil {
			return invalid("key=%s: want a JSON array of strings.", text)
		}
	}
	if p.Get("type") == "" {
		return invalid("The type is missing.")
	}
	id := actor.IDOf(p.Get("type"), key)
	if _, err := s.o.Engine.Lookup(q.Context(), id); err != nil {
		if errs.Is(err, errs.ActorNotFound) {
			return s.noSuchActor(p.Get("type"), key)
		}
		return err
	}
	return s.answerActor(q, http.StatusOK, id)
}

func (s *Studio) noSuchActor(typ string, key actor.Key) error {
	k, _ := json.Marshal([]string(key)) // strings always encode
	e := coded(http.StatusNotFound, errs.ActorNotFound, "There is no actor %s with the key %s.", typ, k)
	types := slices.Collect(maps.Keys(s.o.Registry().Actors))
	if !slices.Contains(types, typ) {
		if near := errs.Closest(typ, types); near != "" {
			e.WithHint("Did you mean %q?", near)
		}
	}
	return e
}

func (q *request) id() actor.ID { return actor.ID(q.PathValue("id")) }

// actor is GET /actors/:id.
func (s *Studio) actor(q *request) error { return s.answerActor(q, http.StatusOK, q.id()) }

func (s *Studio) answerActor(q *request, status int, id actor.ID) error {
	a, err := s.actorOf(q.Context(), id)
	if err != nil {
		return err
	}
	return q.json(status, a)
}

// actorOf is one actor; what sleeps is read from the store.
func (s *Studio) actorOf(ctx context.Context, id actor.ID) (inspect.Actor, error) {
	if l, ok := s.o.Engine.Live(id); ok {
		if _, err := s.o.Engine.Lookup(ctx, id); err != nil {
			return inspect.Actor{}, err
		}
		return s.dir.one(l.Ref, l.Rev, l.StateBytes), nil
	}
	img, err := s.o.Engine.Image(ctx, id)
	if err != nil {
		return inspect.Actor{}, err
	}
	return s.dir.one(img.Ref, img.Rev, stored(img)), nil
}

func stored(img *actor.Image) int64 {
	n := len(img.Snapshot)
	for _, p := range img.Patches {
		n += len(p)
	}
	return int64(n)
}

// destroy is DELETE /actors/:id.
func (s *Studio) destroy(q *request) error {
	if err := s.o.Engine.Destroy(q.Context(), q.id()); err != nil {
		return err
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}

// sleep, wake and restart are POST /actors/:id/….
func (s *Studio) sleep(q *request) error   { return s.change(q, s.o.Engine.Sleep) }
func (s *Studio) wake(q *request) error    { return s.change(q, s.o.Engine.Wake) }
func (s *Studio) restart(q *request) error { return s.change(q, s.o.Engine.Restart) }

func (s *Studio) change(q *request, f func(context.Context, actor.ID) error) error {
	if err := f(q.Context(), q.id()); err != nil {
		return err
	}
	return s.answerActor(q, http.StatusOK, q.id())
}
