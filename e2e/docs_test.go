package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fences = regexp.MustCompile("(?ms)^```(console|ts)\n(.*?)^```$")

// TestPagesTellTheTruth types the console samples of the pages, in order, and
// compares what comes out. A ts sample that begins with "// FILE" is saved there.
func TestPagesTellTheTruth(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"docs/getting-started.md", "docs/tour.md", "docs/cli.md"} {
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", page))
			if err != nil {
				t.Fatal(err)
			}
			s := &session{dir: t.TempDir()}
			for _, m := range fences.FindAllStringSubmatch(string(text), -1) {
				if m[1] == "ts" {
					s.save(t, m[2])
				} else {
					s.typeAll(t, m[2])
				}
			}
			if s.typed < 3 {
				t.Errorf("%s has %d samples: is the pattern right?", page, s.typed)
			}
		})
	}
}

// session is a reader who types along.
type session struct {
	dir   string
	dev   *server
	typed int
}

// typeAll types a sample: lines after "$ " are commands, others their output.
func (s *session) typeAll(t *testing.T, sample string) {
	t.Helper()
	for _, part := range strings.Split("\n"+sample, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		s.typed++
		words := words(command)
		switch {
		case words[0] == "cd":
			s.dir = filepath.Join(s.dir, words[1])
		case command == "rivet dev":
			if s.dev != nil {
				s.dev.kill()
			}
			s.dev = startDev(t, s.dir)
		case words[0] == "rivet":
			cmd := exec.Command(binary, words[1:]...)
			cmd.Dir, cmd.Env = s.dir, environ()
			out, _ := cmd.CombinedOutput() // a failure shows itself in what it says
			if got := strings.TrimSpace(string(out)); got != strings.TrimSpace(want) {
				t.Errorf("$ %s\n got %s\nwant %s", command, got, want)
			}
		default:
			t.Errorf("the test can't type %q", command)
		}
	}
}

// words splits a command at spaces that aren't in single quotes.
func words(command string) []string {
	var out []string
	for i, part := range strings.Split(command, "'") {
		if i%2 == 0 {
			out = append(out, strings.Fields(part)...)
		} else {
			out = append(out, part)
		}
	}
	return out
}

// save writes a sample that names its file, and waits for the new code.
func (s *session) save(t *testing.T, sample string) {
	t.Helper()
	first, _, _ := strings.Cut(sample, "\n")
	name, ok := strings.CutPrefix(first, "// ")
	if !ok || s.dev == nil || !strings.HasSuffix(name, ".ts") {
		return
	}
	before := s.dev.mark()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(sample), 0o644); err != nil {
		t.Fatal(err)
	}
	s.dev.event(t, "reload", before)
}
