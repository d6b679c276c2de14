package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestExampleCRDT: two editors in Node type at the same time, one of them also
// while the server is down, and end with the same text.
func TestExampleCRDT(t *testing.T) {
	t.Parallel()
	node := needNode(t)
	dir := installed(t, "crdt")
	s := startDev(t, dir)
	script := filepath.Join(dir, "editors.mjs")
	bundleNode(t, dir, "testdata/examples/editors.ts", script)
	edit := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), node, append([]string{"--no-warnings", "--experimental-websocket", script, s.url}, args...)...)
		cmd.Env = environ()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("editors %q: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, transport := range []string{"websocket", "sse"} {
		text := edit("both", transport, transport)
		if !strings.Contains(text, "Hello") || !strings.Contains(text, "World") || len(text) != len("HelloWorld") {
			t.Errorf("%s: the text is %q", transport, text)
		}
		s.wantCall(t, of("doc", transport), "text", `[]`, `"`+text+`"`)
	}
	// More edits than are kept one by one; then a crash.
	long := edit("many", "long", "websocket")
	s = s.restarted(t)
	s.wantCall(t, of("doc", "long"), "text", `[]`, `"`+long+`"`)
	if want := strings.Repeat("x", 250); long != want {
		t.Errorf("the long text is %q", long)
	}
	if got := edit("read", "long", "websocket"); got != long {
		t.Errorf("a new reader sees %q", got)
	}
	s.json().call(t, of("doc", "long"), "edit", `[[1,2,3]]`).wantCode(t, "an edit that is none", 500, "internal_error")
	s.wantCall(t, of("doc", "long"), "text", `[]`, `"`+long+`"`)
}
