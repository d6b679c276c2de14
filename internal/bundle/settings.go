package bundle

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// settings are esbuild's options for every program that goja runs. Each line has
// a reason, told in docs/decisions/0005-two-programs.md and kept true by the
// probes in internal/isolate/polyfill.
func settings(dir string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: dir,
		Bundle:        true,
		Write:         false,
		Metafile:      true,
		LogLevel:      api.LogLevelSilent,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
		Target:        api.ES2022, // lowers using, decorators, accessor; the rest goja runs faster than any lowering
		Platform:      api.PlatformBrowser,
		Format:        api.FormatIIFE,
		MainFields:    []string{"browser", "module", "main"},
		Conditions:    []string{"rivet", "workerd", "worker", "browser", "import"},
		Supported: map[string]bool{
			"async-generator":                 false,
			"for-await":                       false,
			"dynamic-import":                  false,
			"import-meta":                     false,
			"class-field":                     false, // goja can't parse a field named get, set or async
			"class-static-field":              false,
			"regexp-unicode-property-escapes": false,
			"regexp-set-notation":             false,
			"regexp-match-indices":            false,
		},
		Loader: map[string]api.Loader{
			".txt": api.LoaderText, ".sql": api.LoaderText, ".md": api.LoaderText, ".html": api.LoaderText,
			".css": api.LoaderEmpty, ".wasm": api.LoaderBinary, ".node": api.LoaderEmpty,
		},
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
	}
}

// defines are the constants of the user's program (main) or of the vendor program.
func (o *Options) defines(main bool) map[string]string {
	str := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	mode := "production"
	if o.Dev {
		mode = "development"
	}
	file := o.Entry
	if rel, err := filepath.Rel(o.Dir, file); o.Portable && err == nil && filepath.IsLocal(rel) {
		file = "/" + filepath.ToSlash(rel)
	}
	entry := filepath.ToSlash(file)
	d := map[string]string{
		"process.env.NODE_ENV": str(mode),
		"import.meta.url":      str((&url.URL{Scheme: "file", Path: entry}).String()),
		"import.meta.filename": str(file),
		"import.meta.dirname":  str(filepath.Dir(file)),
		"import.meta.main":     fmt.Sprint(main),
		"import.meta.env":      "process.env",
		"import.meta.env.MODE": str(mode),
		"import.meta.env.DEV":  fmt.Sprint(o.Dev),
		"import.meta.env.PROD": fmt.Sprint(!o.Dev),
	}
	for k, v := range o.Env {
		d["import.meta.env."+k] = str(v)
	}
	maps.Copy(d, o.Define)
	return d
}
