//go:build unix

package tui

import (
	"context"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"github.com/rivetdev/rivet/internal/testkit"
)

// anyPort is the fake's address, which is as long as the one that is shown instead.
var anyPort = regexp.MustCompile(`127\.0\.0\.1:\d{5}`)

// terminal is the program at a pseudo-terminal, whose screen an emulator keeps.
type terminal struct {
	t       testing.TB
	tty     *os.File // the emulator's end
	exit    Exit
	err     error
	done    chan struct{} // Run returned
	stop    context.CancelFunc
	mu      sync.Mutex
	screen  *vt.Emulator
	written int64 // bytes that the program wrote
	raw     strings.Builder
}

type terminalOptions struct {
	w, h    int
	environ []string // nil: a terminal of 16 million colours
	light   bool
	options Options
}

// start runs the program over a fake.
func start(t testing.TB, f *fakeServer, o terminalOptions) *terminal {
	t.Helper()
	return launch(t, f, o, func(ctx context.Context, o Options) (Exit, error) { return Run(ctx, o) })
}

// startPanicking is start for a program that panics, with what it raises.
func startPanicking(t testing.TB, f *fakeServer, o Options) (*terminal, <-chan any) {
	t.Helper()
	raised := make(chan any, 1)
	return launch(t, f, terminalOptions{w: 80, h: 24, options: o}, func(ctx context.Context, o Options) (Exit, error) {
		defer func() { raised <- recover() }()
		return Run(ctx, o)
	}), raised
}

func launch(t testing.TB, f *fakeServer, o terminalOptions, program func(context.Context, Options) (Exit, error)) *terminal {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: uint16(o.h), Cols: uint16(o.w)}); err != nil {
		t.Fatal(err)
	}
	s := &terminal{t: t, tty: master, done: make(chan struct{}), screen: vt.NewEmulator(o.w, o.h)}
	if o.light {
		s.screen.SetDefaultBackgroundColor(color.White)
		s.screen.SetBackgroundColor(color.White)
	} else {
		s.screen.SetDefaultBackgroundColor(color.Black)
		s.screen.SetBackgroundColor(color.Black)
	}
	var io2 sync.WaitGroup
	io2.Add(2)
	go func() { // ends when the terminal is closed
		defer io2.Done()
		s.read()
	}()
	go func() { // what the terminal answers; ends with the emulator
		defer io2.Done()
		_, _ = io.Copy(master, s.screen)
	}()
	run := o.options
	if run.Connect == nil {
		run.Connect = f.connect
	}
	run.In, run.Out, run.Environ, run.Now = tty, tty, o.environ, noon
	if o.environ == nil {
		run.Environ = []string{"TERM=xterm-256color", "COLORTERM=truecolor"}
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go func() {
		defer close(s.done)
		s.exit, s.err = program(ctx, run)
	}()
	t.Cleanup(func() {
		stop()
		<-s.done
		_ = tty.Close()
		_ = master.Close()
		if pipe, ok := s.screen.InputPipe().(io.Closer); ok { // Close isn't safe while Read waits
			_ = pipe.Close()
		}
		io2.Wait()
	})
	return s
}

func (s *terminal) read() {
	buf := make([]byte, 32<<10)
	for {
		n, err := s.tty.Read(buf)
		s.mu.Lock()
		s.written += int64(n)
		s.raw.Write(buf[:n])
		_, _ = s.screen.Write(buf[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// text is the screen without its colours.
func (s *terminal) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := strings.Split(s.screen.String(), "\n")
	for i, l := range lines {
		lines[i] = anyPort.ReplaceAllString(strings.TrimRight(l, " \r"), "127.0.0.1:50000")
	}
	return strings.Join(lines, "\n") + "\n"
}

// painted is the screen with its colours, as escape sequences.
func (s *terminal) painted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return anyPort.ReplaceAllString(strings.ReplaceAll(s.screen.Render(), "\x1b", "␛"), "127.0.0.1:50000") + "\n"
}

// wait waits for a text on the screen.
func (s *terminal) wait(text string) {
	s.t.Helper()
	if !s.within(func() bool { return strings.Contains(s.text(), text) }) {
		s.t.Fatalf("no %q on the screen:\n%s", text, s.text())
	}
}

// gone waits until a text isn't on the screen any more.
func (s *terminal) gone(text string) {
	s.t.Helper()
	if !s.within(func() bool { return !strings.Contains(s.text(), text) }) {
		s.t.Fatalf("%q stays on the screen:\n%s", text, s.text())
	}
}

func (s *terminal) within(ok func() bool) bool {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return false
}

// keys types; each of them is what a terminal sends for a key.
func (s *terminal) keys(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		if _, err := io.WriteString(s.tty, k); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *terminal) resize(w, h int) {
	s.t.Helper()
	s.mu.Lock()
	s.screen.Resize(w, h)
	s.mu.Unlock()
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)}); err != nil {
		s.t.Fatal(err)
	}
	// The kernel tells those whose terminal it is; it isn't that of the test.
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		s.t.Fatal(err)
	}
}

// golden waits until the screen is as the file says.
func (s *terminal) golden(name string, draw func() string) {
	s.t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "" {
		want, _ := os.ReadFile(filepath.Join("testdata", name)) // Golden tells
		s.within(func() bool { return draw() == string(want) })
	} else { // until nothing moves any more
		for last, same := "", 0; same < 20; time.Sleep(20 * time.Millisecond) {
			if now := draw(); now == last {
				same++
			} else {
				last, same = now, 0
			}
		}
	}
	testkit.Golden(s.t, name, []byte(draw()))
}
