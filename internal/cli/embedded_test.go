package cli

import (
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/testkit"
)

const embeddedRegistry = `import { actor, setup } from "@rivetkit/actor";
const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    increment: (c, n: number) => (c.state.count += n),
    later: (c) => c.schedule.after(0, "increment", 100),
    friend: (c, key: string) => c.client().counter.getOrCreate(key).increment(1),
  },
});
export const registry = setup({ use: { counter } });
`

// TestEmbedded runs commands in this process one after another, as several
// processes would: each leaves the data free for the next.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	dir := testkit.Project(t, map[string]string{"registry.ts": embeddedRegistry, "rivet.yaml": ""})
	steps := []struct {
		line, out, err string
		code           int
	}{
		{line: "ls --embedded", code: 1, err: "there is no data in"},
		{line: "call counter/a increment 5 --embedded", out: "5\n"},
		{line: "call counter/a later --embedded"},
		{line: "call counter/a increment 1 --repeat 3 --embedded", out: "6\n7\n8\n"},
		{line: "call counter/a friend b --embedded", out: "1\n"},
		{line: "call counter/a nothing --embedded", code: 1, err: "It has: friend, increment, later"},
		{line: "ls --embedded --jq .items[].key[]", out: "a\nb\n"},
		{line: "ls --embedded --jq .items[].status", out: "sleeping\nsleeping\n"},
		{line: "state counter/a --embedded", out: "{\"count\":8}\n"},
		{line: "state counter/c --embedded", code: 1, err: "there is no actor counter/c"},
		{line: "export counter/a --embedded --jq .schedule[].action", out: "increment\n"},
		{line: "ls --embedded --url http://localhost:1", code: 2, err: "asks no server"},
	}
	for _, s := range steps {
		code, out, errOut := run(t, &App{Cwd: dir}, strings.Fields(s.line)...)
		if code != s.code || out != s.out || s.err != "" && !strings.Contains(errOut, s.err) {
			t.Errorf("rivet %s: exit %d, %q, %q; want %d, %q, %q", s.line, code, out, errOut, s.code, s.out, s.err)
		}
	}
}
