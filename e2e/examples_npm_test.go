package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// installed is a copy of an example that has npm packages, in a directory below
// them; they are installed once for each content of its package-lock.json.
func installed(t testing.TB, name string) string {
	t.Helper()
	lock, err := os.ReadFile(filepath.Join(examplesDir, name, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Errorf("examples/%s/package-lock.json names a registry: its .npmrc should have omit-lockfile-registry-resolved=true", name)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	above := filepath.Join(cache, "rivet-e2e", "example-"+name+"-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(above); err != nil {
		if why := npmCI(t, name, above); why != "" {
			if os.Getenv("CI") != "" {
				t.Fatal(why)
			}
			t.Skip(why)
		}
	}
	dir, err := os.MkdirTemp(above, "project-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	copyExample(t, dir, name)
	return dir
}

// npmCI installs an example's packages to dir, or says why it can't.
func npmCI(t testing.TB, name, dir string) (why string) {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "left out: examples/" + name + " has npm packages, and npm is not on PATH; install Node 20 or newer (https://nodejs.org)"
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	if err != nil {
		t.Fatal(err)
	}
	copyExample(t, tmp, name)
	cmd := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(tmp)
		return "left out: npm ci of examples/" + name + " failed (" + err.Error() + "); it needs the npm registry:\n" + string(out)
	}
	if err := os.Rename(tmp, dir); err != nil { // another run was first
		os.RemoveAll(tmp)
	}
	return ""
}

// bundleNode makes a script for Node of source, which imports the project in dir,
// its packages and the SDK's client.
func bundleNode(t testing.TB, dir, source, out string) {
	t.Helper()
	sdk, err := filepath.Abs("../sdk")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	res := api.Build(api.BuildOptions{
		Stdin:   &api.StdinOptions{Contents: string(code), ResolveDir: dir, Sourcefile: filepath.Base(source), Loader: api.LoaderTS},
		Outfile: out, Write: true, Bundle: true,
		Platform: api.PlatformNode, Format: api.FormatESModule, Target: api.ES2022,
		TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":false}}`,
		Alias:       map[string]string{"@rivetkit/actor/client": filepath.Join(sdk, "client.ts")},
	})
	if len(res.Errors) > 0 {
		t.Fatal(strings.Join(api.FormatMessages(res.Errors, api.FormatMessagesOptions{}), "\n"))
	}
}
