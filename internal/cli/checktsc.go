package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/rivetdev/rivet/internal/bundle"
)

// tscLine is "file.ts(3,7): error TS2322: text"; what follows indented belongs to it.
var tscLine = regexp.MustCompile(`^(?:(.+?)\((\d+),(\d+)\): )?(error|warning) (TS\d+): (.*)$`)

// tsc has the project's own compiler look at its types, if it has one and says
// how its files are to be read.
func (c *checking) tsc(ctx context.Context) {
	bin := c.findTSC()
	if _, err := os.Stat(filepath.Join(c.dir, "tsconfig.json")); bin == "" || err != nil {
		return
	}
	version, err := exec.CommandContext(ctx, bin, "--version").Output()
	if err != nil {
		c.add("tsc", bundle.Problem{Severity: bundle.SeverityWarning, Text: "the project's tsc can't be run: " + err.Error(), Hint: "it needs Node"})
		return
	}
	c.compiler = strings.TrimPrefix(strings.TrimSpace(string(version)), "Version ")
	cmd := exec.CommandContext(ctx, bin, "--noEmit", "--pretty", "false", "-p", ".")
	cmd.Dir = c.dir
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return
	}
	found := c.tscProblems(out)
	c.add("tsc", found...)
	if err != nil && len(found) == 0 {
		c.add("tsc", bundle.Problem{Severity: bundle.SeverityError, Text: "tsc failed: " + strings.TrimSpace(string(bytes.TrimSpace(out)))})
	}
}

// findTSC looks for it in node_modules of the project and of the directories
// above, up to the root of its repository: no further, since anybody may have
// put something there.
func (c *checking) findTSC() string {
	name := "tsc"
	if runtime.GOOS == "windows" {
		name = "tsc.cmd"
	}
	root := c.dir
	for dir := c.dir; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			root = dir
			break
		}
	}
	for dir := c.dir; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "node_modules", ".bin", name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
		if dir == root {
			return ""
		}
	}
}

func (c *checking) tscProblems(out []byte) []bundle.Problem {
	var found []bundle.Problem
	d := devOut{dir: c.dir}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimRight(line, "\r\n")
		m := tscLine.FindStringSubmatch(line)
		if m == nil {
			if len(found) > 0 && strings.HasPrefix(line, " ") {
				p := &found[len(found)-1]
				p.Notes = append(p.Notes, strings.TrimSpace(line))
			}
			continue
		}
		p := bundle.Problem{Severity: bundle.Severity(m[4]), Text: m[6] + " [" + m[5] + "]", Length: 1}
		if m[1] != "" {
			_ = d.place(&p, m[1]+":"+m[2]+":"+m[3]) // file, line and column are set in any case
			p.File = c.relative(c.abs(m[1]))
			p.Length = wordAt(p.LineText, p.Column)
		}
		found = append(found, p)
	}
	return found
}

func (c *checking) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, filepath.FromSlash(path))
}

// wordAt is how long the name at a column is.
func wordAt(line string, column int) int {
	n := 0
	for _, r := range []rune(line)[min(max(column-1, 0), len([]rune(line))):] {
		if r != '_' && r != '$' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r < 0x80 {
			break
		}
		n++
	}
	return max(n, 1)
}
