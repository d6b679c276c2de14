package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const completed = `import { actor, setup } from "@rivetkit/actor";
const chatRoom = actor({
  onAuth: () => {},
  state: { "a/b": { c: 1 }, list: ["x"] },
  options: { sleepTimeout: 3600_000 },
  actions: {
    /** Says something. Second sentence.
     * And more. */
    say: (c, text: string, how?: "loud" | "low" | "1"): void => { c.broadcast("said", text); },
    mute: (c, on: boolean) => on,
    later: (c) => c.schedule.after(2 * 3600_000 - 1000, "say", "later"),
  },
});
const counter = actor({ onAuth: () => {}, state: { n: 0 }, actions: { get: (c) => c.state.n } });
export const registry = setup({ use: { chatRoom, counter } });
`

var alarmID = regexp.MustCompile(`^[0-9a-f-]{36}\t`)

// completing is a project with actors, and a server that runs it.
func completing(t *testing.T) (dir string, s *server) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "registry.ts"), []byte(completed), 0o644); err != nil {
		t.Fatal(err)
	}
	s = startDev(t, dir)
	for _, args := range [][]string{
		{"call", "chatRoom/lobby", "later"}, {"call", "chatRoom/lobby", "say", "hello"}, {"call", "chatRoom/a room/2", "say", "hello"}, {"call", "chatRoom/bell\x07", "say", "x"},
	} {
		if _, errOut, code := rivet(t, dir, args...); code != 0 {
			t.Fatalf("rivet %q: %s", args, errOut)
		}
	}
	return dir, s
}

// complete is what rivet proposes for a command line, without the directive.
func complete(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	out, errOut, code := rivet(t, dir, append([]string{"__complete"}, args...)...)
	if code != 0 {
		t.Fatalf("rivet __complete %q: %s", args, errOut)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[:len(lines)-1]
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	dir, s := completing(t)
	var announced struct{ Token string }
	text, err := os.ReadFile(filepath.Join(dir, ".rivet", "server.json"))
	if err != nil || json.Unmarshal(text, &announced) != nil {
		t.Fatalf("%v: %s", err, text)
	}
	tests := map[string]struct{ line, want string }{
		"types":                     {"call |", "chatRoom/\t3 actors|counter/\t0 actors"},
		"types that begin so":       {"call cou", "counter/\t0 actors"},
		"live keys, the last first": {"call chatRoom/", "chatRoom/a room/2\tawake|chatRoom/lobby\tawake"},
		"actions with signatures":   {"call chatRoom/lobby |", `say` + "\t" + `(text: string, how?: "loud" | "low" | "1"): void  Says something. Second sentence.|mute` + "\t(on: boolean)|later\t()"},
		"actions of a new actor":    {"call counter/new |", "get\t()"},
		"values of a union":         {"call chatRoom/lobby say hello |", `loud` + "\t" + `how: "loud" | "low" | "1"|low` + "\t" + `how: "loud" | "low" | "1"|"1"` + "\t" + `how: "loud" | "low" | "1"`},
		"a negative number before":  {"call chatRoom/lobby say -5 lo", `loud` + "\t" + `how: "loud" | "low" | "1"|low` + "\t" + `how: "loud" | "low" | "1"`},
		"booleans":                  {"call chatRoom/lobby mute t", "true\ton: boolean"},
		"files after @":             {"call chatRoom/lobby say @reg", "@registry.ts"},
		"events":                    {"call chatRoom/lobby --listen s", "said\tsent"},
		"events to emit":            {"emit chatRoom/lobby |", "said\tsent"},
		"places of a state":         {"state chatRoom/lobby /", "/a~1b\t…|/list\t…"},
		"places further down":       {"state set chatRoom/lobby /list/", `/list/0` + "\t" + `"x"`},
		"fields of actors":          {"ls --filter key:a* -st", "key:a* -status:"},
		"values of a field":         {"ls --filter status:s", "status:sleeping|status:starting"},
		"kinds of happenings":       {"events --filter kind:su", "kind:subscribe"},
		"what to sort by":           {"ls --sort a", "activeAt\trising"},
		"scheduled actions":         {"schedule cancel |", "ID\tsay in 1h"},
		"topics":                    {"docs lim", "limits\tLimits"},
		"types to export":           {"export --type co", "counter\t0 actors"},
		"flags":                     {"call --li", "--listen\tconnect first, and print events of the name EVENT; repeatable"},
		"templates":                 {"init --template c", "counter\ta number that is kept, and told to all who watch it|chat\trooms with a history, and with who is there"},
		"another directory":         {"call -C .. cou", ""},
		"levels":                    {"dev --log-level w", "warn"},
		"shells":                    {"completion f", "fish"},
		"commands":                  {"help ver", "version\tPrint the version of rivet and of what is in it"},
		"nothing":                   {"call nobody/ |", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := strings.Fields(strings.TrimSuffix(tt.line, "|"))
			if i := slices.Index(args, "--filter"); i >= 0 { // a filter is one argument
				args = append(args[:i+1], strings.Join(args[i+1:], " "))
			}
			if strings.HasSuffix(tt.line, "|") {
				args = append(args, "")
			}
			want := strings.Split(strings.ReplaceAll(tt.want, " | ", "\x00"), "|")
			var got []string
			// What isn't answered in 40 ms is left out, so a busy machine may need more than one Tab.
			ok := false
			for deadline := time.Now().Add(20 * time.Second); !ok && time.Now().Before(deadline); {
				got = complete(t, dir, args...)
				for i := range got {
					got[i] = alarmID.ReplaceAllString(got[i], "ID\t")
				}
				ok = strings.ReplaceAll(strings.Join(got, "|"), " | ", "\x00") == strings.Join(want, "|")
			}
			if !ok {
				t.Errorf("rivet %s\n got %q\nwant %q", tt.line, got, want)
			}
		})
	}
	t.Run("url", func(t *testing.T) {
		t.Parallel()
		within(t, 20*time.Second, "completion of another server", func() bool {
			return slices.Contains(complete(t, t.TempDir(), "call", "--url", s.url, "--token", announced.Token, "cou"), "counter/\t0 actors")
		})
	})
}

func TestCompletionWithoutAServerIsSilent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{{"call", ""}, {"call", "counter/"}, {"call", "counter/a", ""}, {"call", "counter/a", "x", ""}, {"call", "-C", "/nowhere", ""}, {"call", "\\", ""}} {
		out, _, code := rivet(t, dir, append([]string{"__complete"}, args...)...)
		if code != 0 || len(strings.Split(strings.TrimSpace(out), "\n")) != 1 {
			t.Errorf("rivet __complete %q: %d\n%s", args, code, out)
		}
	}
}

// needShell leaves the test out where a shell is missing, but not in CI.
func needShell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("left out: completion in %s, which is not on PATH", name)
	return ""
}

// TestCompletionInShells presses Tab in the shells themselves.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	dir, _ := completing(t)
	env := environ("PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+t.TempDir(), "TERM=xterm")
	script := func(t *testing.T, shell string) string {
		out, _, _ := rivet(t, dir, "completion", shell)
		file := filepath.Join(t.TempDir(), "_rivet")
		if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Run("bash", func(t *testing.T) {
		t.Parallel()
		// What the package bash-completion brings, as far as cobra's script needs it.
		const press = `
_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD; }
__ltrim_colon_completions() { :; }
compopt() { :; }
source %s
COMP_LINE="rivet call chatRoom/lobby s"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
COMP_WORDS=(rivet call chatRoom/lobby s); COMP_CWORD=3
__start_rivet
echo "got:${COMPREPLY[*]}"`
		presses(t, dir, env, "got:say", needShell(t, "bash"), "--norc", "-c", fmt.Sprintf(press, script(t, "bash")))
	})
	t.Run("fish", func(t *testing.T) {
		t.Parallel()
		presses(t, dir, env, "say\t(text: string", needShell(t, "fish"), "--no-config", "-c",
			fmt.Sprintf("source %s; complete -C 'rivet call chatRoom/lobby s'", script(t, "fish")))
	})
	t.Run("zsh", func(t *testing.T) {
		t.Parallel()
		cmd := exec.Command(needShell(t, "zsh"), "-f", "-i")
		cmd.Env = env
		s := programAt(t, 80, dir, cmd)
		s.write(t, "autoload -U compinit && compinit -u -D && source "+script(t, "zsh")+" && PS1='ready> '\r")
		s.wait(t, "Jready> ")
		within(t, 20*time.Second, "zsh to complete an action", func() bool {
			s.write(t, "rivet call chatRoom/lobby m\t")
			time.Sleep(200 * time.Millisecond) // for the screen; what isn't there yet is asked for again
			s.write(t, "\x15")
			s.mu.Lock()
			defer s.mu.Unlock()
			return strings.Contains(s.text.String(), "mute")
		})
	})
}

// presses runs a shell until it proposes what is wanted: an answer that takes
// longer than 40 ms is none.
func presses(t *testing.T, dir string, env []string, want, shell string, args ...string) {
	t.Helper()
	var out []byte
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		cmd := exec.Command(shell, args...)
		cmd.Dir, cmd.Env = dir, env
		var err error
		if out, err = cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if strings.Contains(string(out), want) {
			return
		}
	}
	t.Errorf("got %q, want %q in it", out, want)
}
