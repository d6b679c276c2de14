package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

// A line of the conformance list that is about clients is a function in its
// topic's lines.ts: (client, key) => what came out. It runs in an actor through
// c.client(), in top-level server code through createServer().client, and in
// Node through createClient() in both encodings over both transports.

// everywhere runs a line in all these places; each must give exactly want.
func (p *topic) everywhere(t *testing.T, line, want string) {
	t.Helper()
	p.inside(t, line, want)
	p.outside(t, line, want)
}

// inside runs a line in an actor and in server code.
func (p *topic) inside(t *testing.T, line, want string) {
	t.Helper()
	t.Run("actor", func(t *testing.T) {
		q := query("getOrCreateForKey", "driver", keyOf(t))
		speaker{p.server(t), "json"}.call(t, q, "run", `["`+line+`","`+keyOf(t)+`"]`).want(t, line, 200, `{"o":`+want+`}`)
	})
	t.Run("server", func(t *testing.T) {
		got := p.server(t).request(t, "GET", "/run/"+line+"?key="+url.QueryEscape(keyOf(t)), "")
		if got.status != 200 || got.body != want {
			t.Errorf("got %d %s\nwant %s", got.status, got.body, want)
		}
	})
}

// outside runs a line in Node.
func (p *topic) outside(t *testing.T, line, want string) {
	t.Helper()
	t.Run("node", func(t *testing.T) {
		s := p.server(t)
		out := p.runNode(t, line, s.url, keyOf(t))
		var got map[string]json.RawMessage
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, way := range []string{"json websocket", "json sse", "cbor websocket", "cbor sse"} {
			if string(got[way]) != want {
				t.Errorf("%s: got %s\nwant %s", way, got[way], want)
			}
		}
	})
}

// runNode runs a line in Node and returns what it printed.
func (p *topic) runNode(t testing.TB, line string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := p.nodeCommand(ctx, t, line, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		why := ""
		if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 13 {
			why = "; a promise never settled and nothing was left to wait for"
		}
		t.Fatalf("node %s: %v%s\n%s%s", line, err, why, out.String(), errOut.String())
	}
	return bytes.TrimSpace(out.Bytes())
}

func (p *topic) nodeCommand(ctx context.Context, t testing.TB, line string, args ...string) *exec.Cmd {
	t.Helper()
	node := needNode(t)
	// Node 20 has a WebSocket behind this flag; later ones take it and have it anyway.
	args = append([]string{"--no-warnings", "--experimental-websocket", p.script(t), line}, args...)
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Env = environ()
	return cmd
}

// needNode leaves the test out where Node is missing, but not in CI.
func needNode(t testing.TB) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		return node
	}
	const what = "left out: this runs the SDK's client in Node, which is not on PATH; install Node 20.10 or newer (https://nodejs.org)"
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
	return ""
}

// script bundles the topic's lines.ts with the SDK's client, once.
func (p *topic) script(t testing.TB) string {
	t.Helper()
	p.lines.Do(func() {
		p.why = "the test that bundled it failed"
		file := filepath.Join(lasting{t}.TempDir(), p.name+".mjs")
		res := api.Build(api.BuildOptions{
			EntryPoints: []string{"testdata/conformance_node/run.ts"},
			Outfile:     file, Write: true, Bundle: true,
			Platform: api.PlatformNode, Format: api.FormatESModule, Target: api.ES2022,
			TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":false}}`,
			Plugins:     []api.Plugin{{Name: "sdk", Setup: p.resolveScript}},
		})
		if len(res.Errors) > 0 {
			p.why = strings.Join(api.FormatMessages(res.Errors, api.FormatMessagesOptions{}), "\n")
			return
		}
		p.node, p.why = file, ""
	})
	if p.why != "" {
		t.Fatalf("bundle %s for Node: %s", p.name, p.why)
	}
	return p.node
}

func (p *topic) resolveScript(b api.PluginBuild) {
	files := map[string]string{
		"@rivetkit/actor/client": "../sdk/client.ts",
		"the-lines":              filepath.Join("testdata", p.name, "lines.ts"),
	}
	b.OnResolve(api.OnResolveOptions{Filter: "^(@rivetkit/actor/client|the-lines)$"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		path, err := filepath.Abs(files[a.Path])
		return api.OnResolveResult{Path: path}, err
	})
}
