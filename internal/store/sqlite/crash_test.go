package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/store/storetest"
)

const (
	crashDir    = "RIVET_TEST_CRASH_DIR"
	crashActors = 3
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, commitForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// commitForever appends 1, 2, 3 … to each of some actors and prints every
// number that was acknowledged. It ends by being killed.
func commitForever(dir string) error {
	s, err := Open(context.Background(), Options{Dir: dir, Compact: storetest.Fold, CompactBytes: 200, CompactCount: 20})
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	for i := range crashActors {
		r := ref(strconv.Itoa(i))
		img, l, err := s.Acquire(context.Background(), r.ID)
		if err != nil {
			return err
		}
		last := 0
		if img != nil {
			if last, err = lastNumber(img); err != nil {
				return err
			}
		}
		window := make(chan struct{}, 16)
		go func() {
			for n := last + 1; ; n++ {
				b := patch(l, fmt.Sprintf("%d;", n))
				if img == nil {
					b.Create, img = &r, &actor.Image{}
				}
				window <- struct{}{}
				s.Commit(b, func(err error) {
					if err != nil {
						failed <- err
						return
					}
					_, err = fmt.Printf("%d %d\n", i, n) // one write, unbuffered
					if err != nil {
						failed <- err
					}
					<-window
				})
			}
		}()
	}
	return <-failed
}

// lastNumber is the last of the numbers in an image, which must be 1, 2, 3 ….
func lastNumber(img *actor.Image) (int, error) {
	text, err := storetest.Fold(img.Snapshot, img.Patches)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, part := range strings.Split(strings.TrimSuffix(string(text), ";"), ";") {
		n++
		if part != strconv.Itoa(n) {
			return 0, fmt.Errorf("number %d is %q", n, part)
		}
	}
	if img.Rev != uint64(n) {
		return 0, fmt.Errorf("rev %d of %d batches", img.Rev, n)
	}
	return n, nil
}

// TestKill kills a process at random moments while it commits: whatever it had
// acknowledged is there, without gaps.
func TestKill(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for round := range 10 {
		acked := [crashActors]int{}
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		left := 1 + rand.IntN(400)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var i, n int
			if _, err := fmt.Sscanf(lines.Text(), "%d %d", &i, &n); err == nil {
				acked[i] = n
			}
			// What was printed before the kill is still in the pipe: go on reading.
			if left--; left == 0 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // it was killed
		if left > 0 {
			t.Fatal("the process ended by itself")
		}
		checkAcked(t, dir, round, acked)
	}
}

func checkAcked(t *testing.T, dir string, round int, acked [crashActors]int) {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, want := range acked {
		img, err := s.ReadImage(context.Background(), ref(strconv.Itoa(i)).ID)
		if err != nil {
			t.Fatal(err)
		}
		if img == nil {
			if want > 0 {
				t.Errorf("round %d: actor %d is gone, %d were acknowledged", round, i, want)
			}
			continue
		}
		if n, err := lastNumber(img); err != nil || n < want {
			t.Errorf("round %d: actor %d has %d, %v; %d were acknowledged", round, i, n, err, want)
		}
	}
}
