package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/config"
)

// What `rivet check --fix` mends is mechanical: a name that is misspelt and has
// one neighbour, and a line that .gitignore lacks. It never touches a file that
// has changed since it was read, nor guesses between two places.

var (
	misspelt = regexp.MustCompile(`unknown key "([^"]+)"(?:;| \()\s*did you mean "([^"]+)"\?`)
	wrongOne = regexp.MustCompile(`, got "([^"]+)"; did you mean "([^"]+)"\?$`)
)

// fix mends what it can and says what it did.
func (c *checking) fix() (done []string, err error) {
	for _, p := range c.problems {
		var said string
		switch {
		case p.Source == "config" && p.File == config.FileName:
			said, err = c.fixConfig(p.Problem)
		case p.Source == "actors" && p.File != "":
			said, err = c.fixOption(p.Problem)
		case p.Source == "project" && p.Text == notIgnored:
			said, err = c.fixIgnore()
		}
		if err != nil {
			return done, err
		}
		if said != "" {
			done = append(done, said)
			if p.Source != "project" { // places behind it have moved
				return done, nil
			}
		}
	}
	return done, nil
}

// fixConfig puts the right name in the place of the wrong one.
func (c *checking) fixConfig(p bundle.Problem) (string, error) {
	m := misspelt.FindStringSubmatch(p.Text)
	if m == nil {
		m = wrongOne.FindStringSubmatch(p.Text)
	}
	if m == nil {
		return "", nil
	}
	wrong, right := lastPart(m[1]), lastPart(m[2])
	return c.replaceAt(p.File, p.Line, func(line string) (string, bool) {
		runes := []rune(line)
		col := p.Column - 1
		if col < 0 || col > len(runes) {
			return "", false
		}
		head, tail := string(runes[:col]), string(runes[col:])
		at := strings.Index(tail, wrong)
		if at < 0 || at > 1 { // a quote may stand before it
			return "", false
		}
		return head + tail[:at] + right + tail[at+len(wrong):], true
	}, wrong, right)
}

// lastPart is a nested key's own name: of limits.message it is message.
func lastPart(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// fixOption renames an option of an actor, if its name stands in one place
// alone behind the call of actor().
func (c *checking) fixOption(p bundle.Problem) (string, error) {
	m := misspelt.FindStringSubmatch(p.Text)
	if m == nil {
		return "", nil
	}
	wrong, right := lastPart(m[1]), lastPart(m[2])
	text, err := os.ReadFile(filepath.Join(c.dir, p.File))
	if err != nil {
		return "", notFixed(p.File, err)
	}
	key := regexp.MustCompile(`(^|[{,\s])` + regexp.QuoteMeta(wrong) + `\s*[:(,}]`)
	var lines []int
	for i, line := range strings.Split(string(text), "\n") {
		if i+1 >= p.Line && key.MatchString(line) {
			lines = append(lines, i+1)
		}
	}
	if len(lines) != 1 {
		return "", nil
	}
	return c.replaceAt(p.File, lines[0], func(line string) (string, bool) {
		if strings.Count(line, wrong) != 1 {
			return "", false
		}
		return strings.Replace(line, wrong, right, 1), true
	}, wrong, right)
}

// replaceAt changes one line of a file.
func (c *checking) replaceAt(file string, line int, change func(string) (string, bool), wrong, right string) (string, error) {
	path := filepath.Join(c.dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", notFixed(file, err)
	}
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return "", nil
	}
	to, ok := change(lines[line-1])
	if !ok {
		return "", nil
	}
	lines[line-1] = to
	if err := rewrite(path, []byte(strings.Join(lines, "\n"))); err != nil {
		return "", notFixed(file, err)
	}
	return fmt.Sprintf("%s:%d: %s is now %s", file, line, wrong, right), nil
}

// rewrite replaces a file's text and keeps its mode.
func rewrite(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return replaceFile(path, text, info.Mode().Perm())
}

const notIgnored = ".rivet/ isn't in .gitignore: it holds the data and a token"

// project looks at what stands around the code.
func (c *checking) project() {
	ignore, err := os.ReadFile(filepath.Join(c.dir, ".gitignore"))
	_, git := os.Stat(filepath.Join(c.dir, ".git"))
	if errors.Is(err, fs.ErrNotExist) && git != nil {
		return // no repository of its own
	}
	lines := strings.Fields(string(ignore))
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.Trim(l, "/") == ".rivet" }) {
		c.add("project", bundle.Problem{Severity: bundle.SeverityWarning, Text: notIgnored, Hint: "add a line with .rivet/"})
	}
}

func (c *checking) fixIgnore() (string, error) {
	path := filepath.Join(c.dir, ".gitignore")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.WriteFile(path, []byte(".rivet/\n"), 0o644)
	} else if err == nil {
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(text, '\n')
		}
		err = rewrite(path, append(text, ".rivet/\n"...))
	}
	if err != nil {
		return "", notFixed(".gitignore", err)
	}
	return ".gitignore: .rivet/ is in it now", nil
}
