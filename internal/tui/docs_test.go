//go:build unix

package tui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

var frameBlock = regexp.MustCompile("(?s)```text frame=(\\w+)\n.*?```")

// TestTheRecordingOfTheDocs types what docs/tui.md says and compares its frames.
func TestTheRecordingOfTheDocs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.actors = f.actors[:4]
	f.actors[3].Key, f.actors[3].Conns, f.actors[3].Queued = []string{"lobby"}, 12, 0
	f.data[inspect.TopicState] = raw(`{"rev":7,"bytes":2345,"value":{"items":[{"sku":"tea","n":2},{"sku":"mug","n":1}],"total":41.5,"paid":false,
		"opened":{"$date":1772625600000},"by":{"$map":[["anna",1],["bert",2]]},"tags":{"$set":["gift"]},"serial":{"$big":"12345678901234567890"}}}`)
	f.data[inspect.TopicTypes] = raw(`[{"type":"cart","actions":[{"name":"add"},{"name":"checkout"}],"has":["state"],"count":4}]`)
	s := start(t, f, terminalOptions{w: 80, h: 24})
	page := filepath.Join(testkit.Root(t), "docs", "tui.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	frames := map[string]string{}
	for _, step := range []struct {
		name string
		keys []string
		wait string
	}{
		{"start", []string{"⌛2/4", "⌛14 conns"}, "serial"},
		{"entry", []string{"2", "⌛▸ action  add(", "k", "⌛1 below", "k", "⌛2 below", "k", "⌛3 below", enter}, "changed"},
		{"edit", []string{esc, "⌛p pause", "1", "⌛serial", "j", "j", "j", "j", "⌛›    total", "e", "⌛/total = 41.5", "\x15", "43\r"}, "+ 43"},
		{"palette", []string{esc, "⌛⏎ fold", ":", "⌛›", "add"}, "call add of cart"},
	} {
		s.type1(step.keys)
		s.wait(step.wait)
		s.golden("docs-"+step.name+".txt", s.text)
		frames[step.name] = s.text()
	}
	got := frameBlock.ReplaceAllStringFunc(string(text), func(block string) string {
		name := frameBlock.FindStringSubmatch(block)[1]
		return "```text frame=" + name + "\n" + strings.TrimRight(frames[name], "\n") + "\n```"
	})
	if os.Getenv("UPDATE_GOLDEN") != "" {
		testkit.Write(t, page, got)
	} else if got != string(text) {
		t.Errorf("%s shows other frames (UPDATE_GOLDEN=1 renews them)", page)
	}
}
