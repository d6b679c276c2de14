package e2e

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var initLine = regexp.MustCompile(`init (\S+) @\S+ ms, (\S+) ms clock`)

// TestNoPackageStartsSlowly: what packages do before main is paid by every
// command. The least of some runs counts, since others may use the machine.
func TestNoPackageStartsSlowly(t *testing.T) {
	t.Parallel()
	least := map[string]float64{}
	for range 5 {
		cmd := exec.Command(binary, "version")
		cmd.Env = environ("GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, m := range initLine.FindAllStringSubmatch(string(out), -1) {
			ms, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			if old, ok := least[m[1]]; !ok || ms < old {
				least[m[1]] = ms
			}
		}
	}
	if len(least) == 0 {
		t.Fatal("the runtime traced no package")
	}
	for name, ms := range least {
		if ms > 2 {
			t.Errorf("%s takes %.2f ms before main", name, ms)
		}
	}
}

func BenchmarkHelp(b *testing.B) {
	for b.Loop() {
		out, err := exec.Command(binary, "--help").Output()
		if err != nil || !strings.Contains(string(out), "Commands") {
			b.Fatal(err)
		}
	}
}
