package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/docs"
	"github.com/rivetdev/rivet/internal/testkit"
)

const sample = "# Title\n\nA *word*, a **strong** one, `code` and a [page](state.md), [another](https://example.com/x), https://plain.example.\n" +
	"Soft break here, and enough words on this line that the paragraph needs more than one line at any width.\n\n" +
	"## Second\n\n- one\n- two `x`\n  goes on\n\n1. first\n2. second\n\n> quoted\n> text\n\n" +
	"| a | b |\n|---|---|\n| one | two `three` |\n| a long cell that must be broken somewhere, for it is long | 2 |\n\n" +
	"```console\n$ rivet dev\nready\n```\n\n```ts\nconst a = \"a line that is longer than any terminal that this is drawn for, so it stays as it is, to be copied\";\n```\n\n---\nend\n"

func TestMarkdown(t *testing.T) {
	t.Parallel()
	var all bytes.Buffer
	for _, tt := range []struct {
		name  string
		width int
		color bool
	}{{"60 plain", 60, false}, {"100 plain", 100, false}, {"60 colour", 60, true}} {
		all.WriteString("== " + tt.name + "\n")
		all.WriteString(markdown([]byte(sample), tt.width, tt.color, func(to string) string { return to }))
	}
	testkit.Golden(t, "markdown.txt", all.Bytes())
}

// TestPagesFitATerminal: every page can be drawn, and only samples of code are
// wider than the terminal.
func TestPagesFitATerminal(t *testing.T) {
	t.Parallel()
	pages, err := docs.Pages()
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	for _, p := range pages {
		if p.Title == "" || strings.HasPrefix(p.Title, "#") {
			t.Errorf("%s has the title %q", p.Topic, p.Title)
		}
		for _, width := range []int{60, 80} {
			out := markdown([]byte(p.Text), width, true, func(to string) string { return linkText(pages, to) })
			for _, line := range strings.Split(out, "\n") {
				if ansi.StringWidth(line) > width && !strings.HasPrefix(ansi.Strip(line), "    ") {
					t.Errorf("%s at %d: %q has %d columns", p.Topic, width, ansi.Strip(line), ansi.StringWidth(line))
				}
			}
		}
	}
}

func TestDocsAtATerminalIsDrawn(t *testing.T) {
	t.Parallel()
	code, out, errOut := run(t, &App{OutTTY: true, Width: 60, Environ: []string{"TERM=xterm"}}, "docs", "State.md")
	if code != 0 || !strings.HasPrefix(out, "\x1b[") || strings.Contains(out, "```") || strings.Contains(out, "](") {
		t.Errorf("exit %d: %q %s", code, out[:min(len(out), 300)], errOut)
	}
}
