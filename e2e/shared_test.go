package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// shared owns the servers that several tests use; TestMain ends it.
var shared ender

// ender collects what is to be done when all tests are over.
type ender struct {
	mu   sync.Mutex
	todo []func()
}

func (e *ender) add(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.todo = append(e.todo, f)
}

func (e *ender) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := len(e.todo) - 1; i >= 0; i-- {
		e.todo[i]()
	}
	e.todo = nil
}

// lasting is a test whose directories and cleanups outlive it.
type lasting struct{ testing.TB }

func (lasting) Cleanup(f func()) { shared.add(f) }

func (l lasting) TempDir() string {
	l.Helper()
	dir, err := os.MkdirTemp("", "rivet-e2e-")
	if err != nil {
		l.Fatal(err)
	}
	shared.add(func() { os.RemoveAll(dir) })
	return dir
}

// topic is a project of testdata and its one server, started by the first test
// that asks for it.
type topic struct {
	name  string
	once  sync.Once
	s     *server
	lines sync.Once
	node  string // the client scripts, bundled for Node
	why   string // that they couldn't be
}

func (p *topic) server(t testing.TB) *server {
	t.Helper()
	p.once.Do(func() { p.s = startDev(lasting{t}, project(lasting{t}, p.name)) })
	if p.s == nil {
		t.Fatalf("the server of testdata/%s did not start; the first test that asked for it says why", p.name)
	}
	return p.s
}

// lineOf is where in the project's registry.ts the first line with text is: "registry.ts:LINE".
func (p *topic) lineOf(t testing.TB, text string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + p.name + "/registry.ts")
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(data), text)
	if !ok {
		t.Fatalf("testdata/%s/registry.ts has no %q", p.name, text)
	}
	return fmt.Sprintf("registry.ts:%d", strings.Count(before, "\n")+1)
}
