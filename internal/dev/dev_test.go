package dev

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// heard is what the listener was told, as text.
type heard chan string

func (h heard) Reloaded(file string, _ time.Duration, m Moved) {
	h <- "reloaded " + filepath.Base(file)
}
func (h heard) Failed(err error) { h <- "failed " + err.Error() }
func (h heard) Mended()          { h <- "mended" }
func (h heard) Unchanged(file string, _ time.Duration) {
	h <- "unchanged " + filepath.Base(file)
}

type project struct {
	dir   string
	heard heard
	swaps chan string
}

// start runs the loop on a project whose build is the text of its files
// main.ts and, if it is there, lib/x.ts; "bad" does not build.
func start(t *testing.T, ignore ...string) *project {
	t.Helper()
	p := &project{dir: t.TempDir(), heard: make(heard, 100), swaps: make(chan string, 100)}
	p.write(t, "main.ts", "one")
	ctx, cancel := context.WithCancelCause(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{
			Dir: p.dir, Ignore: ignore, Listener: p.heard,
			Build: func(context.Context) (*actor.Bundle, error) {
				text, err := os.ReadFile(filepath.Join(p.dir, "main.ts"))
				if err != nil {
					return nil, errors.New("no entry")
				}
				lib, _ := os.ReadFile(filepath.Join(p.dir, "lib", "deep", "x.ts"))
				if string(text) == "bad" {
					return nil, errors.New("syntax")
				}
				return &actor.Bundle{Hash: strings.TrimSuffix(string(text), " // same") + string(lib), Inputs: []string{filepath.Join(p.dir, "main.ts")}}, nil
			},
			Load: func(ctx context.Context, b *actor.Bundle) (Put, error) {
				switch b.Hash {
				case "throws":
					return nil, errors.New("threw")
				case "hangs":
					p.swaps <- "hanging"
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return func(context.Context) (Moved, error) { p.swaps <- b.Hash; return Moved{}, nil }, nil
			},
		})
	}()
	t.Cleanup(func() {
		cancel(errors.New("a signal")) // a stop with a cause is as clean as one without
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	p.expect(t, "reloaded .")
	p.swapped(t, "one")
	return p
}

func (p *project) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// save writes as careful editors do: a new file renamed over the old one.
func (p *project) save(t *testing.T, name, text string) {
	t.Helper()
	p.write(t, name+".new~", text)
	if err := os.Rename(filepath.Join(p.dir, name+".new~"), filepath.Join(p.dir, name)); err != nil {
		t.Fatal(err)
	}
}

func (p *project) expect(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-p.heard:
		if got != want {
			t.Fatalf("heard %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("heard nothing, want %q", want)
	}
}

func (p *project) swapped(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-p.swaps:
		if got != want {
			t.Fatalf("swapped in %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("nothing swapped in, want %q", want)
	}
}

func TestSaveSwaps(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.write(t, "main.ts", "two")
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "two")
}

func TestAtomicRenameSwaps(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, text := range []string{"two", "three", "four"} {
		p.save(t, "main.ts", text)
		p.expect(t, "reloaded main.ts")
		p.swapped(t, text)
	}
}

// sed -i, and editors that are less careful, write a file of any name first.
func TestARenamedFileIsToldByTheNameItTakes(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.write(t, "sedAb12", "two")
	if err := os.Rename(filepath.Join(p.dir, "sedAb12"), filepath.Join(p.dir, "main.ts")); err != nil {
		t.Fatal(err)
	}
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "two")
}

func TestASaveThatChangesNothingIsTold(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.save(t, "notes.txt", "no part of the build")
	p.save(t, "main.ts", "one // same")
	p.expect(t, "unchanged main.ts")
	p.save(t, "main.ts", "two")
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "two")
}

func TestSwapFilesAndIgnoredPathsDoNothing(t *testing.T) {
	t.Parallel()
	p := start(t, "gen")
	for _, name := range []string{".main.ts.swp", "4913", "main.ts~", ".#main.ts", "node_modules/a/b.js", ".git/index", ".rivet/rivet.db", "gen/x.ts", "dev.log"} {
		p.write(t, name, "noise")
	}
	p.save(t, "main.ts", "two")
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "two")
}

func TestNewDirectoryIsSeen(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.write(t, "lib/deep/x.ts", "+lib")
	select {
	case <-p.heard:
	case <-time.After(10 * time.Second):
		t.Fatal("a file in a new directory was not noticed")
	}
	p.swapped(t, "one+lib")
	p.write(t, "lib/deep/x.ts", "+more")
	p.expect(t, "reloaded x.ts")
	p.swapped(t, "one+more")
}

func TestFailureKeepsOldCodeAndMends(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.save(t, "main.ts", "bad")
	p.expect(t, "failed syntax")
	p.save(t, "main.ts", "one")
	p.expect(t, "mended")
	p.save(t, "main.ts", "throws")
	p.expect(t, "failed threw")
	p.save(t, "main.ts", "two")
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "two")
}

func TestASaveSupersedesALoadThatHangs(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.save(t, "main.ts", "hangs")
	p.swapped(t, "hanging")
	p.save(t, "notes.txt", "the code is the same")
	p.save(t, "main.ts", "bad")
	p.expect(t, "failed syntax")
	p.save(t, "main.ts", "hangs")
	p.swapped(t, "hanging")
	p.save(t, "main.ts", "one")
	p.expect(t, "mended")
	p.save(t, "main.ts", "hangs")
	p.swapped(t, "hanging")
	p.save(t, "main.ts", "two")
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "two")
}

// Code that can't serve, since the port is taken for one, ends a run that serves nothing.
func TestFirstCodeThatCannotServe(t *testing.T) {
	t.Parallel()
	taken := errors.New("the port is taken")
	err := Run(t.Context(), Options{
		Dir: t.TempDir(), Listener: make(heard, 10), First: &actor.Bundle{Hash: "one"},
		Build: func(context.Context) (*actor.Bundle, error) { return &actor.Bundle{Hash: "one"}, nil },
		Load: func(context.Context, *actor.Bundle) (Put, error) {
			return func(context.Context) (Moved, error) { return Moved{}, taken }, nil
		},
	})
	if !errors.Is(err, taken) {
		t.Errorf("Run = %v, want %v", err, taken)
	}
}

func TestEntryThatDisappearsIsWaitedFor(t *testing.T) {
	t.Parallel()
	p := start(t)
	if err := os.Remove(filepath.Join(p.dir, "main.ts")); err != nil {
		t.Fatal(err)
	}
	p.expect(t, "failed no entry")
	p.write(t, "main.ts", "back")
	p.expect(t, "reloaded main.ts")
	p.swapped(t, "back")
}

func TestManyChangesAreOneSwap(t *testing.T) {
	t.Parallel()
	p := start(t)
	for i := range 500 {
		p.write(t, fmt.Sprintf("f%d.ts", i), "x")
	}
	p.write(t, "main.ts", "last")
	p.swapped(t, "last")
	if n := len(p.swaps); n != 0 {
		t.Fatalf("%d more swaps for one burst of changes", n)
	}
}

func TestSaveBeforeTheWatchIsSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	swaps := make(chan string, 1)
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{
			Dir: dir, Listener: make(heard, 10), First: &actor.Bundle{Hash: "old"}, Serves: true,
			Build: func(context.Context) (*actor.Bundle, error) { return &actor.Bundle{Hash: "saved meanwhile"}, nil },
			Load: func(_ context.Context, b *actor.Bundle) (Put, error) {
				return func(context.Context) (Moved, error) { swaps <- b.Hash; return Moved{}, nil }, nil
			},
		})
	}()
	if got := <-swaps; got != "saved meanwhile" {
		t.Errorf("swapped in %q", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
