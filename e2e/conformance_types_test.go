package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestConformance112WrongCallsAreTypeErrors(t *testing.T) {
	t.Parallel()
	wantTypes(t)
}

func TestConformance113CreateStateInfersInput(t *testing.T) {
	t.Parallel()
	wantTypes(t)
}

// wantTypes fails unless testdata/conf_types is exactly as wrong as it says.
func wantTypes(t *testing.T) {
	t.Helper()
	out, why := checkTypes()
	if why != "" {
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	if out != "" {
		t.Errorf("tsc:\n%s", out)
	}
}

// checkTypes runs the SDK's own tsc over the project; out is what it complains
// of, why tells that it can't be run.
var checkTypes = sync.OnceValues(func() (out, why string) {
	const tsc = "../sdk/node_modules/typescript/bin/tsc"
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(tsc); err != nil || missing != nil {
		return "", "left out: this needs Node and TypeScript; install Node 20 or newer (https://nodejs.org), then `npm ci` in sdk"
	}
	dir, err := os.MkdirTemp("", "rivet-types-")
	if err != nil {
		return err.Error(), ""
	}
	defer os.RemoveAll(dir)
	sdk, err := filepath.Abs("../sdk")
	if err != nil {
		return err.Error(), ""
	}
	file, err := filepath.Abs("testdata/conf_types/types.ts")
	if err != nil {
		return err.Error(), ""
	}
	config := `{"compilerOptions":{"target":"ES2022","lib":["ES2022","DOM","DOM.Iterable"],"module":"ESNext","moduleResolution":"bundler",
"strict":true,"skipLibCheck":true,"noEmit":true,"types":[],"isolatedModules":true,"verbatimModuleSyntax":true,"exactOptionalPropertyTypes":true,
"paths":{"@rivetkit/actor":["SDK/actor.ts"],"@rivetkit/actor/client":["SDK/client.ts"]}},"files":["FILE"]}`
	config = strings.NewReplacer("SDK", filepath.ToSlash(sdk), "FILE", filepath.ToSlash(file)).Replace(config)
	path := filepath.Join(dir, "tsconfig.json")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return err.Error(), ""
	}
	text, err := exec.Command(node, tsc, "-p", path).CombinedOutput()
	if err != nil && len(text) == 0 {
		return err.Error(), ""
	}
	return string(text), ""
})
