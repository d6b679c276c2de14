package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/value"
)

// run runs a command line in dir, in this process.
func run(t *testing.T, a *App, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	a.Out, a.Err = &o, &e
	if a.In == nil {
		a.In = strings.NewReader("")
	}
	if a.Cwd == "" {
		a.Cwd = t.TempDir()
	}
	code = a.Run(context.Background(), args)
	return code, o.String(), e.String()
}

func TestEveryCommandHasTwoExamples(t *testing.T) {
	t.Parallel()
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if n := len(strings.Split(c.Example, "\n")); n < 2 {
			t.Errorf("%s has %d examples", c.CommandPath(), n)
		}
		for _, line := range strings.Split(c.Example, "\n") {
			if !strings.HasPrefix(line, "  rivet ") {
				t.Errorf("%s: the example %q is no command of ours", c.CommandPath(), line)
			}
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	a := &App{}
	check(newRoot(a))
}

// TestExamplesParse runs each example as far as its flags and arguments go.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		for _, line := range strings.Split(cmd.Example, "\n") {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " > ")
			line, _, _ = strings.Cut(line, " | ")
			args := shellWords(line)[1:]
			root := newRoot(&App{})
			c, rest, err := root.Find(maskNumbers(args))
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err == nil && c.Args != nil {
				err = c.Args(c, c.Flags().Args())
			}
			if err != nil || c == root {
				t.Errorf("%s: %v", line, err)
			}
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	for _, cmd := range newRoot(&App{}).Commands() {
		check(cmd)
	}
}

// shellWords splits a line of a shell at spaces that aren't in single quotes.
func shellWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 0 {
			words = append(words, strings.Fields(part)...)
		} else {
			words = append(words, part)
		}
	}
	return words
}

func TestDevIsToldWhatWasAsked(t *testing.T) {
	t.Parallel()
	dir := testkit.Project(t, map[string]string{"src/registry.ts": "", "rivet.yaml": "log: { level: warn }\n"})
	var got DevOptions
	a := &App{Cwd: filepath.Join(dir, "src"), Dev: func(_ context.Context, o DevOptions) error { got = o; return nil }}
	if code, _, errOut := run(t, a, "dev", "--port", "0", "-v"); code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	if got.Dir != dir || got.Entry != filepath.Join(dir, "src", "registry.ts") || !got.PortAsked || !got.Verbose ||
		got.Config.Port != 0 || got.Config.Log.Level != "warn" || got.Name() != filepath.Base(dir) {
		t.Errorf("got %+v", got)
	}
	a = &App{Cwd: filepath.Dir(dir), Dev: a.Dev}
	if code, _, errOut := run(t, a, "dev", filepath.Base(dir), "--json"); code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	if got.Dir != dir || got.PortAsked || got.Config.Log.Format != "json" {
		t.Errorf("got %+v", got)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want int
	}{
		"done":                  {nil, 0},
		"the actor said no":     {errs.New(errs.User, "no"), 1},
		"a bug":                 {errors.New("x"), 1},
		"wrong usage":           {usage("x"), 2},
		"wrong configuration":   {errs.New(errs.ConfigInvalid, "x"), 2},
		"no server":             {errs.New(errs.NoServer, "x"), 3},
		"the server went away":  {errs.New(errs.ConnectionLost, "x"), 3},
		"a closed pipe":         {&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, 0},
		"a server that hung up": {errs.Wrap(errs.NoServer, &net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, "x"), 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &App{Err: io.Discard}
			if got := a.finish(context.Background(), tt.err); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
	for cause, want := range map[error]int{ErrInterrupted: 130, ErrTerminated: 143} {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(cause)
		a := &App{Err: io.Discard}
		if got := a.finish(ctx, context.Cause(ctx)); got != want {
			t.Errorf("%v: exit code %d, want %d", cause, got, want)
		}
		if got := a.finish(ctx, stopped(ctx, fmt.Errorf("build: %w", context.Canceled))); got != 0 {
			t.Errorf("a server that starts, %v: exit code %d, want 0", cause, got)
		}
		var told bytes.Buffer
		a.Err = &told
		if got := a.finish(ctx, stopped(ctx, errors.New("not saved"))); got != 1 || !strings.Contains(told.String(), "not saved") {
			t.Errorf("an end that failed, %v: exit code %d, %q", cause, got, told.String())
		}
		if got := a.finish(ctx, nil); got != 0 {
			t.Errorf("a clean stop after %v: exit code %d, want 0", cause, got)
		}
	}
}

func TestEachLineOfAHintIsIndented(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	(&App{Err: &b}).finish(context.Background(), errs.New("x", "no").WithHint("one\ntwo"))
	if want := "error: no [x]\n  one\n  two\n"; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestErrorsAreShort(t *testing.T) {
	t.Parallel()
	meta := &value.Object{}
	meta.Set("field", "name\x1b[2J")
	err := errs.New("bad_name", "The name \x1b]0;x\x07 is taken.").WithHint("take another")
	err.Metadata, err.At = meta, "registry.ts:3:7"
	var b bytes.Buffer
	a := &App{Err: &b, ErrTTY: true, global: globals{color: "never"}}
	a.finish(context.Background(), err)
	want := "error: The name \\x1b]0;x\\x07 is taken. [bad_name]\n  at registry.ts:3:7\n  take another\n" +
		"  metadata: {\"field\":\"name\\u001b[2J\"}\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	a = &App{Err: &b, global: globals{json: true}}
	a.finish(context.Background(), err)
	if want := `"hint":"take another","at":"registry.ts:3:7","metadata":{"field":"name\u001b[2J"}}}` + "\n"; !strings.HasSuffix(b.String(), want) {
		t.Errorf("got %s, want …%s", b.String(), want)
	}
}

func TestAPanicAsksForAReport(t *testing.T) {
	t.Parallel()
	a := &App{Dev: func(context.Context, DevOptions) error { panic("oh") }}
	a.Cwd = testkit.Project(t, map[string]string{"registry.ts": ""})
	code, _, errOut := run(t, a, "dev")
	if code != 1 || !strings.Contains(errOut, "rivet has a bug: oh") || !strings.Contains(errOut, "/issues") || strings.Contains(errOut, "goroutine") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

func TestNegativeNumbersAreValues(t *testing.T) {
	t.Parallel()
	in := []string{"call", "a/b", "add", "-5", "-.5", "-1e3", "-x", "--", "-7"}
	masked := maskNumbers(in)
	want := []string{"call", "a/b", "add", mask + "-5", mask + "-.5", mask + "-1e3", "-x", "--", "-7"}
	if !slices.Equal(masked, want) || !slices.Equal(unmaskAll(masked), in) {
		t.Errorf("got %q, want %q", masked, want)
	}
	if other := []string{"dev", "-5"}; !slices.Equal(maskNumbers(other), other) {
		t.Error("other commands take no values")
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	dir := testkit.Project(t, map[string]string{"v.json": "{\"a\": 1}\n", "s.txt": "two\nlines\n", "bin": "\xff"})
	tests := map[string]struct {
		words []string
		flags callFlags
		want  string // JSON of the arguments
		err   string
	}{
		"JSON is JSON, the rest strings": {words: []string{"5", "true", `{"a":[1]}`, "hello", "01", `"5"`, ""}, want: `[5,true,{"a":[1]},"hello","01","5",""]`},
		"negative numbers":               {words: []string{"-5", "-.5", "-1e3", "-.5e1", "-5.", "-05", "-0.5"}, want: `[-5,-0.5,-1000,-5,-5,"-05",-0.5]`},
		"files":                          {words: []string{"@v.json", "@s.txt"}, want: `[{"a":1},"two\nlines"]`},
		"standard input":                 {words: []string{"@-"}, want: `[[1,2]]`},
		"an at sign":                     {words: []string{"@@x", "@"}, want: `["@x","@"]`},
		"strings alone":                  {words: []string{"5", "@v.json"}, flags: callFlags{str: true}, want: `["5","@v.json"]`},
		"all at once":                    {flags: callFlags{args: `[1, "two"]`}, want: `[1,"two"]`},
		"a file that isn't there":        {words: []string{"@none"}, err: "usage: none can't be read: no such file or directory"},
		"a file that is no text":         {words: []string{"@bin"}, err: "usage: bin is no text"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &App{Cwd: dir, In: strings.NewReader("[1,2]\n")}
			args, err := parseArgs(a, &tt.flags, tt.words)
			if err != nil {
				if err.Error() != tt.err {
					t.Errorf("error %q, want %q", err, tt.err)
				}
				return
			}
			got, err := value.AppendJSON(nil, &value.Array{Items: args})
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	object := &value.Object{}
	object.Set("a", "\u202e")
	tests := map[string]struct {
		out            value.Value
		tty, raw, json bool
		want           string
	}{
		"one line in a pipe":        {out: object, want: "{\"a\":\"\u202e\"}\n"},
		"pretty at a terminal":      {out: object, tty: true, want: "{\n  \"a\": \"\\u202e\"\n}\n"},
		"undefined prints nothing":  {out: value.Undefined{}, want: ""},
		"undefined as JSON":         {out: value.Undefined{}, json: true, want: "{}\n"},
		"null is null":              {out: nil, want: "null\n"},
		"a string is JSON":          {out: "x", want: "\"x\"\n"},
		"a string bare":             {out: "x\x1b", raw: true, tty: true, want: "x\x1b\n"},
		"JSON of a string is whole": {out: "x", raw: true, json: true, want: "{\"output\":\"x\"}\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			a := &App{Out: &b, OutTTY: tt.tty, global: globals{color: "never", json: tt.json}}
			if err := a.printOutput(context.Background(), tt.out, tt.raw); err != nil || b.String() != tt.want {
				t.Errorf("got %q (%v), want %q", b.String(), err, tt.want)
			}
		})
	}
}

func TestProjectName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"my-app": "my-app", "My App!": "my-app", "日本": "my-app", "..": "my-app", "a.b_c": "a.b_c", "_x": "x", "Ünï": "n"} {
		if got := projectName(in); got != want {
			t.Errorf("projectName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestToolFilesAreRenewedByAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := WriteTools(dir, "1.0.0"); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(dir, ".rivet", "sdk", "gone.ts")
	testkit.Write(t, stale, "")
	if err := WriteTools(dir, "1.0.0"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); err != nil {
		t.Error("the same version wrote again")
	}
	if err := WriteTools(dir, "1.0.1"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("another version left files of the old one")
	}
	if entries, err := filepath.Glob(filepath.Join(dir, ".rivet", "*.tmp")); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestFailedInitLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := &App{Cwd: dir, Out: io.Discard, Err: io.Discard}
	if err := runInit(ctx, a, initOptions{dir: "deep/er/app", yes: true}); err == nil {
		t.Error("init went on after Ctrl-C")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestInitSaysWhyItCanNotWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	code, _, errOut := run(t, &App{Cwd: dir}, "init", "link/app", "--yes")
	if code != 1 || !strings.Contains(errOut, "storage_unavailable") || !strings.Contains(errOut, "another directory") {
		t.Errorf("%d %s", code, errOut)
	}
}

func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 200} {
		for _, cmd := range newRoot(&App{}).Commands() {
			_, out, _ := run(t, &App{OutTTY: true, Width: width}, cmd.Name(), "--help")
			flags := out[strings.LastIndex(out, "\nExamples"):]
			_, flags, _ = strings.Cut(flags, "\nFlags")
			for _, line := range strings.Split(flags, "\n") {
				if n := len([]rune(line)); n > width {
					t.Errorf("%s at %d: %d columns: %s", cmd.Name(), width, n, line)
				}
			}
		}
	}
}
