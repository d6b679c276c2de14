package studio

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// noLines is an isolate that evaluates nothing.
type noLines struct{ closed chan struct{} }

func (noLines) Eval(context.Context, *actor.Line, time.Duration) actor.LineResult {
	return actor.LineResult{Value: value.Undefined{}}
}
func (noLines) Show(context.Context, value.Value) ([]actor.LinePart, error) { return nil, nil }
func (noLines) Scope(context.Context, actor.LineScope) error                { return nil }
func (noLines) Complete(context.Context, []string) (actor.LinePath, error) {
	return actor.LinePath{}, nil
}
func (noLines) Interrupt() bool { return false }
func (noLines) Lost() bool      { return false }
func (l noLines) Close()        { l.closed <- struct{}{} }

// hungStore lists no actors until it is let go.
type hungStore struct {
	Store
	free chan struct{}
}

func (h hungStore) Rows(context.Context, *actor.Ref, int) ([]actor.Row, error) {
	<-h.free
	return nil, context.Canceled
}

func (h hungStore) Count(context.Context) (map[string]int, error) { return nil, nil }

func replStudio(t *testing.T, store Store) (*Studio, chan struct{}) {
	closed := make(chan struct{}, maxSessions)
	reg := &actor.Registry{Version: "1", Actors: map[string]*actor.Definition{"counter": {Name: "counter", Actions: []string{"get"}}}}
	s := New(Options{Engine: &crowd{}, Store: store, StudioToken: "t", Registry: func() *actor.Registry { return reg }, REPL: REPL{
		New:     func(actor.LineHost) (Lines, error) { return noLines{closed}, nil },
		Compile: func(_, source string) (*actor.Line, error) { return &actor.Line{Source: source}, nil },
	}})
	return s, closed
}

// Keys are there at once or not at all: a store that hangs holds nobody up.
func TestReplCompletionDoesNotWaitForTheStore(t *testing.T) {
	t.Parallel()
	store := hungStore{free: make(chan struct{})}
	s, closed := replStudio(t, store)
	for code, want := range map[string]string{`counter("`: `"options":[]`, `counter("a").g`: `"text":"get"`, `.use counter/`: `"options":[]`} {
		body, err := json.Marshal(inspect.ReplCompleteRequest{Code: code, Pos: len(code)})
		if err != nil {
			t.Fatal(err)
		}
		w := ask(s, "POST", "/studio/api/v1/repl/complete", string(body), "Authorization", "Bearer t")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", code, w.Code, w.Body)
		}
	}
	s.Relieve() // ends the sessions that nobody uses
	for range 3 {
		<-closed
	}
	close(store.free)
	s.Close()
}
