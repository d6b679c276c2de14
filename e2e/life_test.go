package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// edit replaces text in a file of the project, as an editor saves: by a rename.
func edit(t testing.TB, dir, file, old, new string) {
	t.Helper()
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), old, new, 1)
	if changed == string(text) {
		t.Fatalf("%s has no %q", file, old)
	}
	save(t, path, changed)
}

func save(t testing.TB, path, text string) {
	t.Helper()
	tmp := path + ".new~"
	if err := os.WriteFile(tmp, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, path); err != nil {
		t.Fatal(err)
	}
}

// TestFromNothingToALiveActor is the whole first hour: init, dev, call, edit,
// call, kill -9, dev, and the state is there.
func TestFromNothingToALiveActor(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	if out, errOut, code := rivet(t, parent, "init", "my-app"); code != 0 {
		t.Fatalf("init: exit %d\n%s%s", code, out, errOut)
	}
	dir := filepath.Join(parent, "my-app")
	s := startDev(t, dir)

	call := func(want string, args ...string) {
		t.Helper()
		out, errOut, code := rivet(t, dir, append([]string{"call"}, args...)...)
		if code != 0 || strings.TrimSpace(out) != want {
			t.Fatalf("call %v: exit %d, printed %q, want %q\n%s", args, code, out, want, errOut)
		}
	}
	call("5", "counter/my-counter", "increment", "5")
	call("6", "counter/my-counter", "increment")

	text, err := os.ReadFile(filepath.Join(dir, "registry.ts"))
	if err != nil {
		t.Fatal(err)
	}
	mark := s.mark()
	save(t, filepath.Join(dir, "registry.ts"), strings.Replace(string(text), "c.state.count += n", "c.state.count += n * 100", 1))
	s.event(t, "reload", mark)
	call("506", "counter/my-counter", "increment", "5")

	s.kill()
	s = startDev(t, dir)
	call("606", "counter/my-counter", "increment", "1")

	if code := s.interrupt(t); code != 0 {
		t.Errorf("after an interrupt rivet dev exits with %d, want 0\n%s", code, s.stderr())
	}
}

// TestKillNineLosesNothingAnybodyWasTold increments from several clients, kills
// the server at some moment, and finds every acknowledged increment afterwards.
func TestKillNineLosesNothingAnybodyWasTold(t *testing.T) {
	t.Parallel()
	dir := project(t, "wire")
	s := startDev(t, dir)
	for round := range 3 {
		var told [4]atomic.Int64
		var wg sync.WaitGroup
		before := s.count(t, "k9")
		for i := range told {
			c := s.connect(t, "json", getOrCreate("k9"))
			wg.Go(func() {
				for id := 0; ; id++ {
					if wsutil.WriteClientText(c, fmt.Appendf(nil, `{"b":{"ar":{"i":%d,"n":"increment","a":[1]}}}`, id)) != nil {
						return
					}
					if h, err := ws.ReadHeader(c.r); err != nil || h.OpCode != ws.OpText {
						return
					} else if _, err := c.r.Read(make([]byte, h.Length)); err != nil {
						return
					}
					told[i].Add(1)
				}
			})
		}
		sum := func() (n int64) {
			for i := range told {
				n += told[i].Load()
			}
			return n
		}
		within(t, 20*time.Second, "increments are acknowledged", func() bool { return sum() > 300 })
		s.kill()
		wg.Wait()
		s = startDev(t, dir)
		if after := s.count(t, "k9"); after < before+sum() {
			t.Fatalf("round %d: %d were acknowledged, %d are there", round, before+sum(), after)
		}
	}
}

// count reads a counter over HTTP.
func (s *server) count(t testing.TB, key string) int64 {
	t.Helper()
	got := s.action(t, getOrCreate(key), "get", "json", `{"a":[]}`)
	var m struct{ O int64 }
	if err := json.Unmarshal([]byte(got.body), &m); err != nil || got.status != 200 {
		t.Fatalf("get: %d %s", got.status, got.body)
	}
	return m.O
}

// TestTwentyEditsUnderLoad saves twenty times in a row with 100 open sockets
// and a client that increments without pause: no increment is lost or repeated,
// no socket dropped, and every event is delivered to every socket in order.
func TestTwentyEditsUnderLoad(t *testing.T) {
	t.Parallel()
	dir := project(t, "wire")
	s := startDev(t, dir)
	const sockets, edits = 100, 20

	type listener struct {
		last atomic.Int64 // the last count heard
		gone atomic.Value // why it ended
	}
	listeners := make([]*listener, sockets)
	var wg sync.WaitGroup
	for i := range listeners {
		l := &listener{}
		listeners[i] = l
		c := s.connect(t, "json", getOrCreate("load"))
		c.send(`{"b":{"sr":{"e":"newCount","s":true}}}`)
		c.send(`{"b":{"ar":{"i":0,"n":"get","a":[]}}}`)
		c.expect(`{"b":{"ar":{"i":0,"o":0}}}`) // subscribed from here on
		_ = c.SetReadDeadline(time.Time{})
		wg.Go(func() {
			for {
				data, op, err := wsutil.ReadServerData(struct {
					readWriter
				}{readWriter{c}})
				if err != nil {
					l.gone.Store(err.Error())
					return
				}
				if op != ws.OpText {
					continue
				}
				var m struct {
					B struct{ Ev struct{ A []int64 } }
				}
				if err := json.Unmarshal(data, &m); err != nil || len(m.B.Ev.A) != 1 {
					l.gone.Store("unexpected frame " + string(data))
					return
				}
				if n := m.B.Ev.A[0]; n != l.last.Load()+1 {
					l.gone.Store(fmt.Sprintf("heard %d after %d", n, l.last.Load()))
					return
				}
				l.last.Add(1)
			}
		})
	}

	stop := make(chan struct{})
	var done atomic.Int64
	var failure atomic.Value
	var caller sync.WaitGroup
	caller.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			got := s.action(t, getOrCreate("load"), "increment", "json", `{"a":[1]}`)
			if want := fmt.Sprintf(`{"o":%d}`, done.Load()+1); got.status != 200 || got.body != want {
				failure.Store(fmt.Sprintf("increment %d: %d %s", done.Load()+1, got.status, got.body))
				return
			}
			done.Add(1)
		}
	})
	for i := range edits {
		mark, before := s.mark(), done.Load()
		edit(t, dir, "registry.ts", "// Not reachable", fmt.Sprintf("const edit%d = %d; console.debug(edit%d);\n// Not reachable", i, i, i))
		s.event(t, "reload", mark)
		within(t, 10*time.Second, "calls go on after a reload", func() bool {
			return done.Load() > before || failure.Load() != nil
		})
	}
	close(stop)
	caller.Wait()
	if why := failure.Load(); why != nil {
		t.Fatal(why)
	}
	total := done.Load()
	for i, l := range listeners {
		within(t, 10*time.Second, fmt.Sprintf("socket %d hears all %d events", i, total), func() bool {
			return l.last.Load() == total || l.gone.Load() != nil
		})
		if why := l.gone.Load(); why != nil {
			t.Errorf("socket %d: %v", i, why)
		}
	}
	if n := s.count(t, "load"); n != total {
		t.Errorf("the counter stands at %d after %d acknowledged increments", n, total)
	}
	s.kill()
	wg.Wait()
	t.Logf("%d increments through %d reloads, each heard by %d sockets", total, edits, sockets)
}

type readWriter struct{ c *socket }

func (r readWriter) Read(p []byte) (int, error)  { return r.c.r.Read(p) }
func (r readWriter) Write(p []byte) (int, error) { return r.c.Conn.Write(p) }

// TestBrokenCodeLeavesTheOldServing saves a syntax error and a throw at load.
func TestBrokenCodeLeavesTheOldServing(t *testing.T) {
	t.Parallel()
	dir := project(t, "wire")
	s := startDev(t, dir)
	path := filepath.Join(dir, "registry.ts")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"syntax error":  string(good) + "\nconst = 1;\n",
		"throw at load": string(good) + "\nthrow new Error(\"not today\");\n",
	} {
		t.Run(name, func(t *testing.T) {
			mark := s.mark()
			save(t, path, bad)
			ev := s.event(t, "build_failed", mark)
			line := strings.Count(string(good), "\n") + 2
			text := fmt.Sprint(ev)
			if want := fmt.Sprintf("registry.ts:%d:", line); !strings.Contains(text, want) {
				t.Errorf("the error has no %q:\n%s", want, text)
			}
			if s.count(t, "old") != 0 {
				t.Error("the old code does not serve")
			}
			mark = s.mark()
			save(t, path, string(good))
			s.event(t, "build_mended", mark)
		})
	}
}
