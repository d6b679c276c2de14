//go:build ignore

// build bundles npm packages into the modules of internal/isolate/web/js.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

const out = "../../internal/isolate/web/js"

// shared are imports that stay: each builtin is a module of its own.
var shared = map[string]string{
	"buffer": "node/buffer", "events": "node/events", "string_decoder": "node/string_decoder",
	"string_decoder/": "node/string_decoder", "util": "node/util", "process/": "node/process",
	"process": "node/process", "stream": "node/stream", "abort-controller": "node/abort",
	"safe-buffer": "node/buffer",
}

func main() {
	for entry, name := range map[string]string{
		"buffer/index.js": "buffer", "events/events.js": "emitter", "path-browserify/index.js": "path",
		"punycode/punycode.js": "punycode", "readable-stream/lib/ours/browser.js": "stream",
		"string_decoder/lib/string_decoder.js": "string_decoder",
	} {
		bundle(filepath.Join("node_modules", entry), filepath.Join(out, "node", name+".js"))
	}
	src, err := os.ReadFile("node_modules/web-streams-polyfill/dist/ponyfill.js")
	if err != nil {
		fail(err)
	}
	if i := bytes.Index(src, []byte("//# sourceMappingURL")); i >= 0 {
		src = src[:i]
	}
	if err := os.WriteFile(filepath.Join(out, "vendor", "webstreams.js"), src, 0o644); err != nil {
		fail(err)
	}
}

func bundle(entry, to string) {
	res := api.Build(api.BuildOptions{
		EntryPoints: []string{entry}, Bundle: true, Write: true, Outfile: to,
		Format: api.FormatCommonJS, Platform: api.PlatformBrowser, Target: api.ES2022,
		MinifySyntax: true, LegalComments: api.LegalCommentsInline,
		Supported: map[string]bool{"async-generator": false, "for-await": false, "dynamic-import": false},
		Plugins: []api.Plugin{{Name: "builtins", Setup: func(b api.PluginBuild) {
			b.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
				if to, ok := shared[a.Path]; ok && a.Kind != api.ResolveEntryPoint {
					return api.OnResolveResult{Path: to, External: true}, nil
				}
				return api.OnResolveResult{}, nil
			})
		}}},
	})
	for _, e := range res.Errors {
		fail(fmt.Errorf("%s: %s", entry, e.Text))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
