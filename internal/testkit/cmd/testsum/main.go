// Command testsum reads the output of `go test -json`, prints what failed with
// its output and what was left out with its reason, and ends with the totals in
// one line. It exits with 1 if anything failed; with -strict, or CI=true, also
// if a test was skipped.
//
// Usage: go test -json ./... | testsum [-strict] [-totals FILE]
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// sum is what was seen so far. Parents of subtests are no tests of their own.
type sum struct {
	output  map[string][]string // of a test, by package and name
	result  map[string]string   // pass, fail or skip
	parent  map[string]bool
	noTests map[string]bool // packages that failed without a test: a build, a panic
	slow    map[string]float64
	builds  map[string][]string
}

func newSum() *sum {
	return &sum{
		output: map[string][]string{}, result: map[string]string{}, parent: map[string]bool{},
		noTests: map[string]bool{}, slow: map[string]float64{}, builds: map[string][]string{},
	}
}

func (s *sum) read(r io.Reader, w io.Writer) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var e event
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			fmt.Fprintln(w, sc.Text()) // what the go command says outside of tests
			continue
		}
		s.add(e, w)
	}
	return sc.Err()
}

func (s *sum) add(e event, w io.Writer) {
	key := e.Package + " " + e.Test
	if i := strings.LastIndexByte(e.Test, '/'); i > 0 {
		s.parent[e.Package+" "+e.Test[:i]] = true
	}
	switch e.Action {
	case "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
	case "output":
		s.output[key] = append(s.output[key], e.Output)
	case "pass", "fail", "skip":
		if e.Test != "" {
			s.result[key] = e.Action
			return
		}
		s.slow[e.Package] = e.Elapsed
		if e.Action == "fail" {
			s.noTests[e.Package] = true
			fmt.Fprintf(w, "FAIL  %s  %.1fs\n", e.Package, e.Elapsed)
		} else if e.Action == "pass" {
			fmt.Fprintf(w, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
		}
	}
}

// totals of tests; a package that failed without a failed test is a failure.
type totals struct{ Passed, Failed, Skipped int }

func (s *sum) report(w io.Writer) totals {
	var t totals
	keys := make([]string, 0, len(s.result))
	for k := range s.result {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		pkg, test, _ := strings.Cut(k, " ")
		switch s.result[k] {
		case "pass":
			if !s.parent[k] {
				t.Passed++
			}
		case "fail":
			delete(s.noTests, pkg)
			if !s.parent[k] || !s.childFailed(k) {
				t.Failed++
				fmt.Fprintf(w, "\n--- FAIL  %s  %s\n%s", pkg, test, strings.Join(s.output[k], ""))
			}
		case "skip":
			t.Skipped++
			fmt.Fprintf(w, "--- left out  %s  %s: %s\n", pkg, test, reason(s.output[k]))
		}
	}
	for _, lines := range s.builds {
		fmt.Fprint(w, strings.Join(lines, ""))
	}
	for pkg := range s.noTests {
		t.Failed++
		fmt.Fprintf(w, "\n--- FAIL  %s\n%s", pkg, strings.Join(s.output[pkg+" "], ""))
	}
	return t
}

func (s *sum) childFailed(k string) bool {
	for other, r := range s.result {
		if r == "fail" && strings.HasPrefix(other, k+"/") {
			return true
		}
	}
	return false
}

// reason is what a skipped test said.
func reason(lines []string) string {
	var out []string
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "=== ") && !strings.HasPrefix(l, "--- SKIP") {
			out = append(out, l)
		}
	}
	return strings.Join(out, " ")
}

func main() {
	strict := flag.Bool("strict", os.Getenv("CI") == "true", "fail if a test was skipped")
	file := flag.String("totals", "", "also write the totals to this file: PASSED FAILED SKIPPED")
	flag.Parse()
	s := newSum()
	if err := s.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	t := s.report(os.Stdout)
	fmt.Printf("\ngo: %d passed, %d failed, %d skipped\n", t.Passed, t.Failed, t.Skipped)
	if *file != "" {
		line := fmt.Sprintf("%d %d %d\n", t.Passed, t.Failed, t.Skipped)
		if err := os.WriteFile(*file, []byte(line), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "testsum:", err)
			os.Exit(1)
		}
	}
	if t.Failed > 0 || *strict && t.Skipped > 0 {
		os.Exit(1)
	}
}
