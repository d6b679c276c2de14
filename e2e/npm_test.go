package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// npmProject is a project of testdata/conf_npm in a directory below the packages
// of its package-lock.json, which are installed once for each content of that file.
func npmProject(t testing.TB, name string) string {
	t.Helper()
	npmOnce.Do(func() { npmDir, npmErr = installNpm(t) })
	if npmErr != "" {
		if os.Getenv("CI") != "" {
			t.Fatal(npmErr)
		}
		t.Skip(npmErr)
	}
	dir, err := os.MkdirTemp(npmDir, "project-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "conf_npm", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	npmOnce        sync.Once
	npmDir, npmErr string
)

// installNpm returns the directory that has the packages, or why there is none.
func installNpm(t testing.TB) (dir, why string) {
	t.Helper()
	const from = "testdata/conf_npm"
	lock, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	dir = filepath.Join(cache, "rivet-e2e", hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir, ""
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", "left out: this needs packages of " + from + "/package.json, and npm is not on PATH; install Node 20 or newer (https://nodejs.org)"
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(tmp)
		return "", "left out: npm ci in " + from + " failed (" + err.Error() + "); it needs the npm registry:\n" + string(out)
	}
	if err := os.Rename(tmp, dir); err != nil { // another run was first
		os.RemoveAll(tmp)
	}
	return dir, ""
}
