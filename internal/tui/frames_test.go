//go:build unix

package tui

import (
	"strings"
	"testing"
)

const (
	enter = "\r"
	esc   = "\x1b"
)

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		w, h int
		keys []string
		wait string
	}{
		{"60x20-list", 60, 20, nil, "ACTORS"},
		{"60x20-state", 60, 20, []string{enter}, "state: {"},
		{"60x20-events", 60, 20, []string{"2"}, "add("},
		{"60x20-logs-of-all", 60, 20, []string{"L"}, "almost empty"},
		{"80x24-state", 80, 24, nil, "state: {"},
		{"80x24-events", 80, 24, []string{"2"}, "add("},
		{"80x24-connections", 80, 24, []string{"3"}, "c1f00d"},
		{"80x24-logs", 80, 24, []string{"4"}, "almost empty"},
		{"80x24-schedule", 80, 24, []string{"5"}, "remind"},
		{"80x24-about", 80, 24, []string{"7"}, "registry.ts:12"},
		{"80x24-events-of-all", 80, 24, []string{"E"}, "declined"},
		{"80x24-schedule-of-all", 80, 24, []string{"S"}, "expire"},
		{"80x24-entry", 80, 24, []string{"2", "⌛add(", "k", "k", "k", enter}, "arguments"},
		{"80x24-error", 80, 24, []string{"E", "⌛declined", "k", enter}, "declined: Not"},
		{"80x24-help", 80, 24, []string{"?"}, "Everywhere"},
		{"80x24-palette", 80, 24, []string{":", "wake"}, "wake the actor"},
		{"80x24-filter", 80, 24, []string{"/", "room"}, "6 FOR room"},
		{"80x24-bad-filter", 80, 24, []string{"/", "bad:1"}, "There is no field"},
		{"80x24-edit", 80, 24, []string{enter, "⌛note", "j", "j", "j", "j", "e"}, "/total ="},
		{"140x40", 140, 40, nil, "listening"},
		{"240x60", 240, 60, nil, "almost empty"},
		{"240x60-events", 240, 60, []string{"E"}, "declined"},
		{"300x80", 300, 80, nil, "almost empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, newFake(t), terminalOptions{w: tt.w, h: tt.h})
			s.wait("cart/eu/42")
			s.wait("2/9")
			s.type1(tt.keys)
			s.wait(tt.wait)
			s.golden(tt.name+".txt", s.text)
		})
	}
}

// type1 types keys; one that begins with ⌛ is a text that is waited for.
func (s *terminal) type1(keys []string) {
	s.t.Helper()
	for _, k := range keys {
		if text, ok := strings.CutPrefix(k, "⌛"); ok {
			s.wait(text)
		} else {
			s.keys(k)
		}
	}
}

// TestLooks are the same frame as different terminals show it.
func TestLooks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		environ []string
		light   bool
		colors  string
	}{
		{"dark", nil, false, ""},
		{"light", nil, true, ""},
		{"256-colours", []string{"TERM=xterm-256color"}, false, ""},
		{"16-colours", []string{"TERM=xterm"}, false, ""},
		{"no-colour", []string{"TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=1"}, false, ""},
		{"color-never", nil, false, "never"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, newFake(t), terminalOptions{w: 80, h: 24, environ: tt.environ, light: tt.light, options: Options{Colors: tt.colors}})
			s.wait("2/9")
			s.wait("1202")
			s.keys("E")
			s.wait("declined")
			s.keys("2")
			s.wait("5 Sch")
			s.wait("▸ action  add(")
			s.keys("k")
			s.wait("live, 1 below")
			s.golden("look-"+tt.name+".txt", s.painted)
		})
	}
}
