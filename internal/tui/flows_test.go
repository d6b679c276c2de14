//go:build unix

package tui

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// at80 is the program at a usual terminal, with its list and a state.
func at80(t *testing.T, f *fakeServer) *terminal {
	t.Helper()
	s := start(t, f, terminalOptions{w: 80, h: 24})
	s.wait("2/9")
	s.wait("state: {")
	return s
}

func TestQuitAndCtrlCAreTold(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]Exit{"q": Left, "\x03": Stopped} {
		s := at80(t, newFake(t))
		s.keys(key)
		<-s.done
		if s.err != nil || s.exit != want {
			t.Errorf("%q: %v %v, want %v", key, s.exit, s.err, want)
		}
		s.wait("") // the screen is read to its end
		if !s.within(func() bool { return !s.alternate() }) {
			t.Errorf("%q left the alternate screen on", key)
		}
	}
}

func (s *terminal) alternate() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.IsAltScreen()
}

func TestTheEndOfTheContextIsACleanEnd(t *testing.T) {
	t.Parallel()
	s := at80(t, newFake(t))
	s.stop()
	<-s.done
	if s.err != nil || s.exit != Stopped {
		t.Errorf("%v %v", s.exit, s.err)
	}
}

func TestAPanicRestoresTheTerminalAndIsRaisedAgain(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"in a key": {OpenURL: func(context.Context, *client.Inspector, string) error { panic("boom") }},
		"in the feed": {Connect: func(context.Context) (*client.Inspector, error) {
			panic("boom")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, raised := startPanicking(t, newFake(t), o)
			if name == "in a key" {
				s.wait("2/9")
				s.keys("O")
			}
			got, ok := (<-raised).(*Panic)
			if !ok || got.String() != "boom" || !strings.Contains(string(got.Stack), "flows_test.go") {
				t.Errorf("raised %v", got)
			}
			if !s.within(func() bool { return !s.alternate() }) {
				t.Error("the alternate screen is still on")
			}
		})
	}
}

func TestResizeAtAnyMoment(t *testing.T) {
	t.Parallel()
	s := at80(t, newFake(t))
	for _, size := range [][2]int{{60, 20}, {200, 50}, {20, 5}, {8, 2}, {140, 40}, {1, 1}, {80, 24}} {
		s.resize(size[0], size[1])
	}
	s.golden("80x24-state.txt", s.text)
	s.resize(60, 20)
	s.gone("state: {")
	s.keys("\r")
	s.wait("state: {")
	s.gone("ACTORS")
	s.keys("\x1b")
	s.wait("ACTORS")
}

func TestGoneServerDimsAndResumes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var refuse atomic.Bool
	s := start(t, f, terminalOptions{w: 80, h: 24, options: Options{Connect: func(ctx context.Context) (*client.Inspector, error) {
		if refuse.Load() {
			return nil, fmt.Errorf("nobody there")
		}
		return f.connect(ctx)
	}}})
	s.wait("2/9")
	s.wait("state: {")
	refuse.Store(true)
	f.refuse(true)
	f.hangUp()
	s.wait("server gone, data 0 s old, retrying")
	s.wait("cart/eu/42") // data stays
	s.golden("look-gone.txt", s.painted)
	s.keys("\r", "e") // nothing is written meanwhile
	f.refuse(false)
	refuse.Store(false)
	s.gone("server gone")
	s.wait("✓ built in 21 ms")
	if strings.Contains(s.text(), " = ") {
		t.Errorf("an edit began without a server:\n%s", s.text())
	}
}

func TestAFailedBuildCoversTheDetailUntilItIsMended(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := at80(t, f)
	f.set(inspect.TopicBuild, inspect.Build{Status: "failed", Version: "c0de", At: 2, Problems: []inspect.Problem{{
		Severity: "error", File: "registry.ts", Line: 14, Column: 9, Length: 5, Text: `Expected ";" but found "count"`,
		Before: "const x = 1", LineText: "\tlet 日本 count = 1", Hint: "put a semicolon there",
	}}})
	s.wait("✗ build failed")
	s.golden("80x24-build-failed.txt", s.text)
	s.keys("\t")
	s.wait("put aside")
	s.keys("o")
	s.wait("the server's files are not on this machine")
	f.set(inspect.TopicBuild, inspect.Build{Status: "ready", Version: "c0df", Ms: 9, At: 3, Problems: []inspect.Problem{}})
	s.wait("state: {")
	s.wait("✓ built in 9 ms")
}

func TestAChangedPathFlashesWithASign(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := at80(t, f)
	f.push(inspect.TopicState, inspect.ToClient{T: "patch", From: 1, Rev: 2, Ops: inspect.Patch{{Op: "replace", Path: "/value/total", Value: 99.0}}})
	s.wait("*    total: 99")
}

func TestEditReviewsSavesAndUndoes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := at80(t, f)
	s.keys("\r", "j", "j", "j", "j") // at total
	s.keys("e")
	s.wait("/total = 41.5")
	s.keys("\x15", "{", "\r") // the line cleared
	s.wait("no JSON")
	s.keys("\x15", "43", "\r")
	s.wait("- 41.5")
	s.wait("+ 43")
	if f.requested("PATCH " + inspect.Base + "/actors/a1/state") {
		t.Error("saved before the review")
	}
	s.keys("\r")
	s.wait("saved; u undoes it")
	if !f.requested("PATCH " + inspect.Base + "/actors/a1/state") {
		t.Error("not saved")
	}
	s.keys("u")
	s.wait("undone")
}

func TestCopyWritesACallToTheClipboard(t *testing.T) {
	t.Parallel()
	s := at80(t, newFake(t))
	s.keys("2")
	s.wait("▸ action  add(")
	s.keys("k", "k", "k", "y")
	want := "rivet call cart/eu/42 add tea 2"
	s.wait("copied " + want)
	seq := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(want))
	if !s.within(func() bool { return strings.Contains(s.bytes(), seq) }) {
		t.Error("no OSC 52 with the call")
	}
}

// bytes is all that the program wrote.
func (s *terminal) bytes() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

func TestTheMouseChoosesOpensAndScrolls(t *testing.T) {
	t.Parallel()
	s := at80(t, newFake(t))
	s.click(5, 4) // the third row of the list
	s.wait("order/1001   ")
	s.wait("✗ failed")
	s.click(43, 2) // the tab of events
	s.wait("▸ action  add(")
	s.click(40, 5) // a row
	s.wait("live, 3 below")
	s.wheel(40, 10, false)
	s.gone("below")
	s.wheel(5, 10, false)
	s.wait("日本語の部屋   ")
}

// click presses and releases the left button, at columns and rows from 0.
func (s *terminal) click(x, y int) {
	s.keys(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x+1, y+1, x+1, y+1))
}

func (s *terminal) wheel(x, y int, up bool) {
	b := 65
	if up {
		b = 64
	}
	s.keys(fmt.Sprintf("\x1b[<%d;%d;%dM", b, x+1, y+1))
}

func TestPauseHoldsBackAndLetsIn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := at80(t, f)
	s.keys("E")
	s.wait("declined")
	s.keys("p")
	s.wait("paused")
	for i := range 3 {
		f.push(inspect.TopicHistory, inspect.ToClient{T: "items", Items: raw(fmt.Sprintf(`[{"seq":%d,"actor":"a1","type":"cart","at":%d,"kind":"action","name":"later%d","trace":"9","span":"9","rev":9,"bytes":1}]`, 10+i, ago(0), i))})
	}
	s.wait("paused, 3 new")
	if strings.Contains(s.text(), "later") {
		t.Errorf("shown while paused:\n%s", s.text())
	}
	s.keys("p")
	for i := range 3 {
		s.wait(fmt.Sprintf("later%d", i))
	}
}

func TestCallAsksForAnAction(t *testing.T) {
	t.Parallel()
	s := at80(t, newFake(t))
	s.keys(":", "call add")
	s.wait("call add of cart/eu/42")
	s.keys("\r")
	s.wait("call cart/eu/42 add")
	s.keys("{\r")
	s.wait("{ is no JSON")
}

func TestNothingRawReachesTheTerminal(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := start(t, f, terminalOptions{w: 240, h: 60})
	s.wait("2/9")
	for _, k := range []string{"1", "2", "3", "4", "5", "7", "E", "L", "S"} {
		s.keys(k)
		s.wait("ACTORS")
	}
	s.wait("expire")
	for _, bad := range []string{"\x1b[2Jx", "\x1b]52;c;AAAA", "\x1b[41m", "\u202e"} {
		if strings.Contains(s.bytes(), bad) {
			t.Errorf("%q reached the terminal", bad)
		}
	}
}

func TestNothingIsWrittenWhileNothingHappens(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := at80(t, f)
	s.golden("80x24-state.txt", s.text)
	before := len(s.bytes())
	time.Sleep(300 * time.Millisecond) // what is not to happen can't be waited for
	if n := len(s.bytes()) - before; n != 0 {
		t.Errorf("%d bytes were written in silence", n)
	}
}
