package repl

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Watch has the session tell when newer code serves, and when the server goes
// and comes back.
func (s *Session) Watch(ctx context.Context) error {
	w, err := s.watching(ctx)
	if err != nil {
		return err
	}
	w.Subscribe("meta", inspect.Query{}, nil, func(u client.Update) {
		var m inspect.Meta
		if u.Err != nil || u.Decode(&m) != nil {
			return
		}
		s.mu.Lock()
		old := s.version
		s.version = m.Code
		s.mu.Unlock()
		if old != "" && old != m.Code {
			s.tell("reload", "muted", "↻ the code was reloaded; variables are kept")
		}
	})
	return nil
}

// watching is the session's socket, opened when it is first needed.
func (s *Session) watching(ctx context.Context) (*client.Watch, error) {
	s.mu.Lock()
	w := s.watch
	s.mu.Unlock()
	if w != nil {
		return w, nil
	}
	lost := false // of the watch's goroutine
	w, err := s.o.Inspector.Watch(ctx, func(err error) {
		switch {
		case err != nil && !lost:
			s.tell("lost", "error", "the server has gone; waiting for it")
		case err == nil && lost:
			s.tell("back", "muted", "the server is back")
		}
		lost = err != nil
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.watch = w
	s.mu.Unlock()
	return w, nil
}

func (s *Session) tell(kind, style, text string) {
	s.o.Tell(Notice{Kind: kind, Parts: []inspect.ReplPart{{Style: style, Text: text}}})
}

// on prints the events of a name of the actor in use, as they come.
func (s *Session) on(ctx context.Context, event string, print func(inspect.ReplAnswer)) error {
	use := s.Use()
	switch {
	case event == "" || strings.ContainsAny(event, " \t"):
		print(refused(errs.InvalidRequest, "As in: .on newCount", "Which event?"))
		return nil
	case use == "":
		print(refused(errs.InvalidRequest, "Name one: .use counter/my-counter", "No actor is in use."))
		return nil
	}
	t, err := client.ParseTarget(use)
	if err != nil {
		return err
	}
	a, err := s.o.Inspector.Find(ctx, t)
	if err != nil {
		e := errs.As(err)
		print(refused(e.Code, "Its first action creates it.", "%s", e.Msg))
		return nil
	}
	w, err := s.watching(ctx)
	if err != nil {
		return err
	}
	name := use + " " + event
	s.mu.Lock()
	_, on := s.heard[name]
	s.mu.Unlock()
	if on {
		print(said("muted", "%s of %s is on already", event, use))
		return nil
	}
	began := time.Now().UnixMilli()
	sub := w.Subscribe("history", inspect.Query{Actor: a.ID, Filter: "kind:event name:" + quoted(event)}, nil, func(u client.Update) {
		for _, e := range u.Items {
			if e.Name == event && e.At >= began {
				s.o.Tell(Notice{Kind: "event", Parts: eventParts(use, e)})
			}
		}
	})
	s.mu.Lock()
	s.heard[name] = sub
	s.mu.Unlock()
	print(said("muted", "events %q of %s print as they come; .off ends it", event, use))
	return nil
}

// quoted is a word of the filter language that means itself.
func quoted(s string) string {
	if strings.ContainsAny(s, "\" \\*:") {
		b, _ := json.Marshal(s) // a string always encodes
		return string(b)
	}
	return s
}

func eventParts(of string, e inspect.Entry) []inspect.ReplPart {
	args := "()"
	if e.Args != nil {
		if b, err := e.Args.MarshalJSON(); err == nil {
			args = "(" + strings.TrimSuffix(strings.TrimPrefix(string(b), "["), "]") + ")"
		}
	}
	return []inspect.ReplPart{
		{Style: "muted", Text: time.UnixMilli(e.At).Format("15:04:05") + " " + of + " "},
		{Style: "special", Text: e.Name}, {Text: args},
	}
}

// off ends what on began; without a name all of it.
func (s *Session) off(_ context.Context, event string, print func(inspect.ReplAnswer)) error {
	s.mu.Lock()
	var ended []string
	var subs []*client.Subscription
	for name, sub := range s.heard {
		if event == "" || strings.HasSuffix(name, " "+event) {
			ended, subs = append(ended, name), append(subs, sub)
			delete(s.heard, name)
		}
	}
	s.mu.Unlock()
	for _, sub := range subs {
		sub.Close()
	}
	sort.Strings(ended)
	if len(ended) == 0 {
		print(said("muted", "nothing was on"))
		return nil
	}
	print(said("muted", "off: %s", strings.Join(slices.Compact(ended), ", ")))
	return nil
}
