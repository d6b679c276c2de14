package repl

import (
	"context"
	"encoding/json"
	"sort"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// searchAgain is how often a server that has gone is looked for.
const searchAgain = 300 * time.Millisecond

// hearing is an event that .on prints.
type hearing struct {
	use, event, id string
	since          int64
	sub            *client.Subscription
}

// Watch has the session tell when newer code serves, when the server goes, and
// when it or the next one comes. It is called once, before Close.
func (s *Session) Watch(ctx context.Context) error {
	ctx, s.stop = context.WithCancel(ctx)
	state := make(chan error, 16)
	w, err := s.open(ctx, s.inspector(), state)
	if err != nil {
		s.stop()
		return err
	}
	s.watched = make(chan struct{})
	go s.keepWatch(ctx, w, state)
	return nil
}

// open opens the socket with all that is subscribed.
func (s *Session) open(ctx context.Context, in *client.Inspector, state chan error) (*client.Watch, error) {
	w, err := in.Watch(ctx, func(err error) {
		select {
		case state <- err:
		default:
		}
	})
	if err != nil {
		return nil, err
	}
	w.Subscribe(inspect.TopicMeta, inspect.Query{}, nil, s.codeIs)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = w
	for _, h := range s.heard {
		s.listen(w, h)
	}
	return w, nil
}

// codeIs hears which code serves.
func (s *Session) codeIs(u client.Update) {
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
}

// keepWatch goes on over servers that go and come, until ctx ends.
func (s *Session) keepWatch(ctx context.Context, w *client.Watch, state chan error) {
	defer close(s.watched)
	defer func() { w.Close() }()
	instance := w.Meta().Instance
	gone := false
	var search <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-state:
			search = nil
			switch {
			case err == nil && gone:
				gone = false
				s.back(ctx, nil, instance != w.Meta().Instance)
				instance = w.Meta().Instance
			case err != nil:
				if !gone {
					gone = true
					s.tell("lost", "error", "the server has gone; waiting for it")
				}
				search = time.After(searchAgain)
			}
		case <-search:
			search = time.After(searchAgain)
			in, hello := s.elsewhere(ctx, instance)
			if in == nil {
				continue
			}
			w.Close()
			next := make(chan error, 16)
			opened, err := s.open(ctx, in, next)
			if err != nil {
				continue
			}
			w, state, instance, gone, search = opened, next, hello, false, nil
			s.back(ctx, in, true)
		}
	}
}

// elsewhere is the server that took the place of the one that has gone.
func (s *Session) elsewhere(ctx context.Context, instance string) (*client.Inspector, string) {
	if s.o.Connect == nil {
		return nil, ""
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	in, err := s.o.Connect(ctx)
	if err != nil {
		return nil, ""
	}
	h, err := in.Hello(ctx)
	if err != nil || h.Instance == instance {
		return nil, "" // the watch tries that one by itself
	}
	return in, h.Instance
}

// back goes on with a server that is there again; anew: it is another run, where
// nobody knows this session. in nil: at the same address.
func (s *Session) back(ctx context.Context, in *client.Inspector, anew bool) {
	s.mu.Lock()
	if in != nil {
		s.in = in
	}
	if anew {
		s.id, s.version = "", ""
	}
	use := s.use
	s.mu.Unlock()
	if !anew {
		s.tell("back", "muted", "the server is back")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, _ = s.Open(ctx, use) // if it fails, the next line tells why
	s.tell("back", "muted", "the server was restarted; variables are gone")
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
	case s.watched == nil:
		print(refused(errs.Unsupported, "In a pipe: rivet events --follow, or rivet call --listen.", "Events print at a terminal only."))
		return nil
	}
	t, err := client.ParseTarget(use)
	if err != nil {
		return err
	}
	a, err := s.inspector().Find(ctx, t)
	if err != nil {
		e := errs.As(err)
		print(refused(e.Code, "Its first action creates it.", "%s", e.Msg))
		return nil
	}
	name := use + " " + event
	s.mu.Lock()
	_, on := s.heard[name]
	if !on {
		h := &hearing{use: use, event: event, id: a.ID, since: time.Now().UnixMilli()}
		s.heard[name] = h
		s.listen(s.watch, h)
	}
	s.mu.Unlock()
	if on {
		print(said("muted", "%s of %s is on already", event, use))
		return nil
	}
	print(said("muted", "events %q of %s print as they come; .off ends it", event, use))
	return nil
}

// listen subscribes an event; s.mu is held.
func (s *Session) listen(w *client.Watch, h *hearing) {
	q := inspect.Query{Actor: h.id, Filter: "kind:event name:" + quoted(h.event)}
	h.sub = w.Subscribe(inspect.TopicHistory, q, nil, func(u client.Update) {
		for _, e := range u.Items {
			if e.Name == h.event && e.At >= h.since {
				s.o.Tell(Notice{Kind: "event", Parts: eventParts(h.use, e)})
			}
		}
	})
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
	for name, h := range s.heard {
		if event == "" || h.event == event {
			ended, subs = append(ended, name), append(subs, h.sub)
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
	print(said("muted", "off: %s", strings.Join(ended, ", ")))
	return nil
}
