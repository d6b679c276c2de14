package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestExampleAIAgent(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	s := example(t, "ai-agent", "MODEL_URL="+m.URL+"/v1", "MODEL_NAME=fake", "MODEL_KEY=secret")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("agent", keyOf(t))
		c := w.connect(t, q, "")
		c.subscribe("token", true)
		c.act(0, "ask", `["say three words"]`)
		asked := m.next(t)
		if asked.auth != "Bearer secret" || asked.Model != "fake" || !asked.Stream || len(asked.Messages) != 2 {
			t.Errorf("the model is asked %+v", asked)
		}
		// The next token leaves the model when the last one has arrived here.
		for _, token := range []string{"one", " two", " thr\\u00e9e"} {
			asked.say(token)
			c.expectEvent("token", `["`+strings.ReplaceAll(token, "\\u00e9", "é")+`"]`)
		}
		c.act(1, "ask", `["me too"]`)
		c.refused(1, "busy")
		asked.end()
		c.expectResult(0, `"one two thrée"`)

		c.act(2, "ask", `["and then?"]`)
		asked = m.next(t)
		if n := len(asked.Messages); n != 4 || asked.Messages[2].Content != "one two thrée" {
			t.Errorf("the model is told %+v", asked.Messages)
		}
		asked.say("never")
		c.expectEvent("token", `["never"]`)
		c.act(3, "stop", `[]`)
		for _, f := range c.frames(2) {
			if codeOf(f) != "stopped" && f != `{"b":{"ar":{"i":3}}}` {
				t.Errorf("after stop: %s", f)
			}
		}
		select {
		case <-asked.gone:
		case <-time.After(patience):
			t.Error("the model's server wasn't told that nobody listens any more")
		}
		asked.end()

		c.act(4, "ask", `["break off"]`)
		asked = m.next(t)
		asked.say("par")
		c.expectEvent("token", `["par"]`)
		asked.breakOff()
		c.refused(4, "model_failed")
		w.call(t, q, "history", `[]`).want(t, "history", 200,
			`{"o":[{"role":"user","content":"say three words"},{"role":"assistant","content":"one two thrée"}]}`)
	})
	q := of("agent", "kept")
	done := make(chan string)
	go func() { done <- s.json().call(t, q, "ask", `["hello"]`).body }()
	asked := m.next(t)
	asked.say("hi")
	asked.end()
	if got := <-done; got != `{"o":"hi"}` {
		t.Errorf("ask over HTTP: %s", got)
	}
	s = s.restarted(t)
	s.wantCall(t, q, "history", `[]`, `[{"role":"user","content":"hello"},{"role":"assistant","content":"hi"}]`)
}

// model is a server like OpenAI's that says what a test tells it to.
type model struct {
	*httptest.Server
	asked chan *question
}

// question is one request to the model.
type question struct {
	Model    string
	Stream   bool
	Messages []struct{ Role, Content string }

	auth string
	out  chan string // raw text to send; closed: end
	gone chan struct{}
}

func newModel(t *testing.T) *model {
	m := &model{asked: make(chan *question, 10)}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &question{auth: r.Header.Get("Authorization"), out: make(chan string, 10), gone: make(chan struct{})}
		if err := json.NewDecoder(r.Body).Decode(q); err != nil || r.URL.Path != "/v1/chat/completions" {
			http.Error(w, "no such thing", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		m.asked <- q
		for {
			select {
			case <-r.Context().Done():
				close(q.gone)
				return
			case text, ok := <-q.out:
				if !ok {
					return
				}
				if text == "" {
					panic(http.ErrAbortHandler) // the connection breaks
				}
				_, _ = io.WriteString(w, text) // a client that left is seen above
				w.(http.Flusher).Flush()
			}
		}
	}))
	t.Cleanup(m.CloseClientConnections)
	return m
}

func (m *model) next(t testing.TB) *question {
	t.Helper()
	select {
	case q := <-m.asked:
		return q
	case <-time.After(patience):
		t.Fatal("nobody asked the model")
		return nil
	}
}

// say sends a token, cut in the middle as a network may.
func (q *question) say(token string) {
	line := `data: {"choices":[{"delta":{"content":"` + token + `"}}]}` + "\n\n"
	q.out <- line[:20]
	q.out <- line[20:]
}

func (q *question) end() {
	q.out <- "data: [DONE]\n\n"
	close(q.out)
}

func (q *question) breakOff() { q.out <- "" }
