// Command genman writes rivet's manual pages, one a command, for the archives of
// a release, and keeps goreleaser.yaml's list of them:
//
//	genman DIR             writes the pages
//	genman -list FILE      puts their names into FILE, between two marks
//
// The pages bear the date of SOURCE_DATE_EPOCH, so that a release can be made
// again byte by byte.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/rivetdev/rivet/internal/cli"
)

func main() {
	err := fmt.Errorf("usage: genman DIR, or genman -list FILE")
	switch args := os.Args[1:]; {
	case len(args) == 2 && args[0] == "-list":
		err = list(args[1])
	case len(args) == 1:
		err = pages(args[0])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "genman:", err)
		os.Exit(1)
	}
}

// pages writes the pages to dir, which it makes.
func pages(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := commands()
	root.DisableAutoGenTag = true
	for _, cmd := range all(root) {
		cmd.Example = unindented(cmd.Example)
	}
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "rivet", Manual: "rivet manual"}, dir)
}

// unindented is an example without the two spaces that help texts show it with.
func unindented(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "  ")
	}
	return strings.Join(lines, "\n")
}

func commands() *cobra.Command { return (&cli.App{}).Commands() }

func all(cmd *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		out = append(out, all(sub)...)
	}
	return out
}

const from, to = "    # man pages, by: make gen\n", "    # end of man pages\n"

// list renews the names of the pages in a file.
func list(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, err = listed(text)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return os.WriteFile(file, text, 0o644)
}

func listed(text []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(from))
	_, after, ok2 := bytes.Cut(rest, []byte(to))
	if !ok || !ok2 {
		return nil, fmt.Errorf("it has not the lines %q and %q", strings.TrimSpace(from), strings.TrimSpace(to))
	}
	var names []string
	for _, cmd := range all(commands()) {
		if cmd.IsAvailableCommand() || !cmd.HasParent() {
			names = append(names, "      - man/"+strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1\n")
		}
	}
	slices.Sort(names)
	return slices.Concat(before, []byte(from+"    manpages:\n"+strings.Join(names, "")+to), after), nil
}
