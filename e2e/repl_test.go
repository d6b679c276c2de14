package e2e

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// replAt starts the counter's server and a REPL at a terminal.
func replAt(t *testing.T) (*screen, string) {
	t.Helper()
	dir := counterProject(t)
	startDev(t, dir)
	s := atTerminal(t, dir, "repl")
	s.wait(t, ".help helps")
	return s, dir
}

func TestReplAtATerminal(t *testing.T) {
	t.Parallel()
	s, dir := replAt(t)
	say := func(keys, want string) {
		t.Helper()
		s.write(t, keys)
		s.wait(t, want)
	}
	say("`the sum is ${await counter('a').increment(5)}`\r", "the sum is 5")
	say("\x1b[A\r", "the sum is 10") // Up
	// An input of several lines, indented by itself; Up recalls it whole.
	say("function twice(n: number) {\rreturn n * 2\r}\r`twice ${twice(21)}`\r", "twice 42")
	say("\x12sum is\r", "the sum is 15") // Ctrl-R
	// What is pasted isn't run line by line.
	say("\x1b[200~const list = [\n\t1,\n\t2,\n];\n`pasted ${list.length}`\x1b[201~\r", "pasted 2")
	// Home, a word to the right, Ctrl-K, and the words before it back.
	say("`words ${1}`, 99\x01\x1bf\x1bf\x1bf\x0b}`\r", "'words 1'")
	// Tab: a type, a live key, an action.
	say("coun\t", "counter")
	say("(\"a\").incr\t(5).then((n) => `tab ${n}`)\r", "tab 20")
	// A line that runs is stopped by Ctrl-C, one that is typed is forgotten by it.
	say("while (true) {}\r", "Ctrl-C stops it")
	say("\x03", "[interrupted]")
	say("nonsense(\x03`after ${twice(1)}`\r", "after 2")
	// What is logged prints while the line runs.
	say("console.log(`live ${1 + 1}`); await new Promise(() => {})\r", "live 2")
	say("\x03`then ${twice(3)}`\r", "then 6")
	// An event prints above what is being typed, which stays.
	say(".use counter/a\r.on newCount\r", "print as they come")
	s.write(t, "`intact ${")
	if _, text, code := rivet(t, dir, "call", "counter/a", "increment", "80"); code != 0 {
		t.Fatal(text)
	}
	s.wait(t, "newCount\x1b[39m(100)")
	say("state.count}`\r", "'intact 100'")
	// Newer code is told of, and variables survive it.
	file := filepath.Join(dir, "registry.ts")
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(code, "\n// changed\nexport const more = 1;\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "the code was reloaded")
	say("`kept ${twice(50)}`\r", "kept 100")
	s.write(t, "\x04")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	keptHistory(t, dir)
}

// keptHistory looks at the file that all REPLs of a project share.
func keptHistory(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, ".rivet", "repl_history")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "twice(21)") || !strings.Contains(string(text), `"function twice(n: number) {\n  return n * 2\n}"`) {
		t.Errorf("the history: %v %s", err, text)
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the history's mode is %v", info.Mode())
	}
}

func TestReplShowsNoControlCharacters(t *testing.T) {
	t.Parallel()
	s, _ := replAt(t)
	s.write(t, "class A {}; Object.defineProperty(A, 'name', { value: 'x\\u001b[2Jy\\u202e' }); console.log('log \\u001b[2J'); [new A(), 'done']\r")
	s.wait(t, "'done'")
	if text := s.all(); strings.Contains(text, "\x1b[2J") || strings.Contains(text, "\u202e") {
		t.Errorf("raw: %q", text)
	}
	s.write(t, "throw new Error('bad \\u001b[2J error')\r")
	s.wait(t, "bad \\x1b[2J error")
	s.write(t, ".exit\r")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestReplOutlivesItsServer(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	first := startDev(t, dir)
	s := atTerminal(t, dir, "repl", "counter/a")
	s.wait(t, ".help helps")
	s.write(t, "let mine = 1\r`first ${await increment(5)}`\r.on newCount\r")
	s.wait(t, "first 5")
	s.wait(t, "print as they come")
	first.kill()
	s.wait(t, "the server has gone")
	startDev(t, dir) // another port, another token
	s.wait(t, "the server was restarted; variables are gone")
	s.write(t, "`second ${await increment(5)} ${typeof mine}`\r")
	s.wait(t, "second 10 undefined")
	s.wait(t, "newCount\x1b[39m(10)")
	s.write(t, "\x04")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}
