package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/testkit"
)

// looks gives what print prints to a terminal of 60, 80 and 200 columns, with
// and without colour, and into a pipe. The clock stands still.
func looks(t *testing.T, print func(a *App) error) string {
	t.Helper()
	var all strings.Builder
	at := func() time.Time { return time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC) }
	for _, width := range []int{60, 80, 200} {
		for _, color := range []string{"never", "always"} {
			var b bytes.Buffer
			a := &App{Out: &b, Err: &b, OutTTY: true, ErrTTY: true, Width: width, Now: at, global: globals{color: color}}
			if err := print(a); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if n := ansi.StringWidth(line); n > width {
					t.Errorf("%d columns at a width of %d: %s", n, width, line)
				}
			}
			fmt.Fprintf(&all, "--- %d columns, colour %s\n%s", width, color, strings.ReplaceAll(b.String(), "\x1b", "␛"))
		}
	}
	var b bytes.Buffer
	if err := print(&App{Out: &b, Err: &bytes.Buffer{}, Now: at, global: globals{color: "auto"}}); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&all, "--- pipe\n%s", b.String())
	return all.String()
}

func TestTablesFitTheTerminal(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC).UnixMilli()
	got := looks(t, func(a *App) error {
		tb := &table{cols: []column{{head: "ACTOR", least: 20}, {head: "STATUS"}, {head: "SIZE", right: true}, {head: "NOTE", least: 10, drop: 2}, {head: "ACTIVE", drop: 1}}}
		tb.add(word("counter/a"), word("awake").painted(painter.green), size(0), word("short"), a.when(now))
		tb.add(word("部屋/日本語の部屋\u202e名"), word("sleeping"), size(1234), word("two\nlines\tand a tab"), a.when(now-90_000))
		tb.add(word("room/"+strings.Repeat("long ", 10)), word("failed\x1b[2J").painted(painter.red), size(5<<20), word(strings.Repeat("note ", 30)), a.when(now+3*86400_000))
		return a.printTable(tb)
	})
	testkit.Golden(t, "table.txt", []byte(got))
}

func TestRelativeTimesAndSizes(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "now", -999 * time.Millisecond: "now", -time.Second: "1s ago", 59 * time.Second: "in 59s", -61 * time.Minute: "1h ago", 50 * time.Hour: "in 2d",
	} {
		if got := relative(d); got != want {
			t.Errorf("relative(%s) = %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 KiB", 1 << 20: "1.0 MiB", 150 << 10: "150 KiB", 5 << 40: "5120 GiB"} {
		if got := sizeText(n); got != want {
			t.Errorf("sizeText(%d) = %q, want %q", n, got, want)
		}
	}
	for us, want := range map[int64]string{7: "7 µs", 4100: "4.1 ms", 250_000: "250 ms", 1_500_000: "1.5 s"} {
		if got := tookText(us); got != want {
			t.Errorf("tookText(%d) = %q, want %q", us, got, want)
		}
	}
}

func TestJQ(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expr, out, err string
		code           int
	}{
		"strings are bare":         {expr: ".go | sub(\"go.*\"; \"x\\u001b\")", out: "x\x1b\n"},
		"all else is JSON":         {expr: "[1, {a: .nothing}]", out: "[1,{\"a\":null}]\n"},
		"several results":          {expr: "1, 2, empty, 12345678901234567890", out: "1\n2\n12345678901234567890\n"},
		"halt":                     {expr: "1, halt, 2", out: "1\n"},
		"what isn't jq":            {expr: ".a[", code: 2, err: "--jq: "},
		"what isn't there":         {expr: "nosuch", code: 2, err: "nosuch/0"},
		"what doesn't fit":         {expr: ".version.x", code: 1, err: "[jq_failed]"},
		"a mistake that was meant": {expr: `error("no")`, code: 1, err: "no"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errOut := run(t, &App{}, "version", "--jq", tt.expr)
			if tt.code == 0 && (code != 0 || out != tt.out) {
				t.Errorf("exit %d, got %q, want %q: %s", code, out, tt.out, errOut)
			}
			if tt.code != 0 && (code != tt.code || !strings.HasPrefix(errOut, `{"error":`) || !strings.Contains(errOut, strings.Trim(tt.err, "[]"))) {
				t.Errorf("exit %d, want %d: %s", code, tt.code, errOut)
			}
		})
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in, typed string
		yes, pipe bool
		want      string // "" for go ahead
	}{
		"--yes asks nothing":        {yes: true, pipe: true},
		"a pipe needs --yes":        {pipe: true, in: "y\n", want: "usage"},
		"y":                         {in: "y\n"},
		"Yes":                       {in: "Yes\n"},
		"Enter is no":               {in: "\n", want: "declined"},
		"the end of input is no":    {in: "", want: "declined"},
		"the name typed":            {in: "counter/a\n", typed: "counter/a"},
		"y is not the name":         {in: "y\n", typed: "counter/a", want: "declined"},
		"another name is not it":    {in: "counter/ab\n", typed: "counter/a", want: "declined"},
		"spaces around don't count": {in: " counter/a \n", typed: "counter/a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			a := &App{In: strings.NewReader(tt.in), Err: &b, InTTY: !tt.pipe, ErrTTY: !tt.pipe, global: globals{color: "never"}}
			err := a.confirm(context.Background(), "Destroy counter/a?", tt.typed, tt.yes)
			got := ""
			if err != nil {
				got, _, _ = strings.Cut(err.Error(), ":")
			}
			if got != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if asked := b.Len() > 0; asked != (!tt.yes && !tt.pipe) {
				t.Errorf("asked: %q", b.String())
			}
		})
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(ErrInterrupted)
	a := &App{In: blocked{}, Err: &bytes.Buffer{}, InTTY: true, ErrTTY: true}
	if err := a.confirm(ctx, "?", "", false); err != ErrInterrupted {
		t.Errorf("Ctrl-C at a question: %v", err)
	}
}

// blocked is a terminal at which nobody types.
type blocked struct{}

func (blocked) Read([]byte) (int, error) { select {} }
