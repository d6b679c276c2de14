package e2e

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// initLine is a line of the runtime's trace: package, time, bytes, allocations.
var initLine = regexp.MustCompile(`init (\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes, (\d+) allocs`)

// What packages may do before main, for every command pays for it.
const (
	initMs     = 2.0
	initAllocs = 5_000 // of one package; a thousand are some 0.2 ms
	allAllocs  = 25_000
)

// TestNoPackageStartsSlowly: times depend on what else the machine does, so the
// least of some runs counts; allocations are the same in each.
func TestNoPackageStartsSlowly(t *testing.T) {
	t.Parallel()
	least, allocs := map[string]float64{}, map[string]int{}
	slow := func() (names []string) {
		for name, ms := range least {
			if ms > initMs {
				names = append(names, name)
			}
		}
		return names
	}
	for i := 0; i < 3 || i < 30 && len(slow()) > 0; i++ {
		cmd := exec.Command(binary, "version")
		cmd.Env = environ("GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, m := range initLine.FindAllStringSubmatch(string(out), -1) {
			ms, err := strconv.ParseFloat(m[2], 64)
			n, err2 := strconv.Atoi(m[4])
			if err != nil || err2 != nil {
				t.Fatal(m[0])
			}
			if old, ok := least[m[1]]; !ok || ms < old {
				least[m[1]] = ms
			}
			allocs[m[1]] = n
		}
	}
	if len(least) == 0 {
		t.Fatal("the runtime traced no package")
	}
	for _, name := range slow() {
		t.Errorf("%s takes %.2f ms before main, at best", name, least[name])
	}
	all := 0
	for name, n := range allocs {
		if all += n; n > initAllocs {
			t.Errorf("%s allocates %d times before main; want %d at most", name, n, initAllocs)
		}
	}
	if all > allAllocs {
		t.Errorf("packages allocate %d times before main; want %d at most", all, allAllocs)
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
