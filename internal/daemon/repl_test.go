package daemon

import (
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// console is a REPL session of a test.
type console struct {
	*live
	t  *testing.T
	id string
}

func newConsole(t *testing.T, l *live) *console { return &console{live: l, t: t} }

// eval evaluates an input; what it throws is for the caller.
func (c *console) eval(code string) inspect.ReplAnswer {
	c.t.Helper()
	a, err := c.Repl(c.t.Context(), inspect.ReplRequest{Session: c.id, Code: code})
	if err != nil {
		c.t.Fatalf("%s: %v", code, err)
	}
	c.id = a.ID
	return a
}

// printed is what a terminal prints of an answer.
func printed(a inspect.ReplAnswer) string {
	var lines []string
	for _, l := range a.Logs {
		lines = append(lines, l.Message)
	}
	if a.Output != nil {
		lines = append(lines, a.Output.Text)
	}
	if a.Error != nil {
		lines = append(lines, a.Error.Text)
	}
	return strings.Join(lines, "\n")
}

// want evaluates inputs one after another; the last has to print this.
func (c *console) want(want string, codes ...string) {
	c.t.Helper()
	var got string
	for _, code := range codes {
		got = printed(c.eval(code))
	}
	if got != want {
		c.t.Errorf("%q\ngot  %s\nwant %s", codes, got, want)
	}
}

func TestReplCallsActors(t *testing.T) {
	t.Parallel()
	c := newConsole(t, demo(t, nil))
	c.want("5", `counter("a").increment(5)`)
	c.want("7", `await counter("a").increment(2)`)
	c.want("7", `_`)
	c.want("[ 12, 7 ]", `const one = counter("b"), two = counter(["a"])`, `await one.increment(12)`, `[await one.get(), await two.get()]`)
	c.want("Actor<counter/x/y>", `counter("x", "y")`)
	c.want("12", `counter.get("b").get()`)
	c.want("100", `const made = await counter.create("made")`, `made.increment(100)`)
	c.want("[ 'a', 'b', 'made' ]", `(await counter.list()).map((a) => a.key[0])`)
	c.want("[ 'made' ]", `(await counter.list({ filter: "key:ma*" })).map((a) => a.key[0])`)
	c.want("7", `client.counter.getOrCreate(["a"]).get()`)
	c.want("'pong'", `actors.bare("p").ping()`)
}
