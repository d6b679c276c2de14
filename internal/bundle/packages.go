package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Package is the SDK as a package for npm.
type Package struct {
	Name  string
	Files []PackageFile // by path
}

// PackageFile is one file of a Package; Path uses slashes.
type PackageFile struct {
	Path string
	Text []byte
}

// mainPackage has the modules; the others are thin, so that types and classes
// are the same by whatever name they are imported.
const mainPackage = "@rivetkit/actor"

// Packages are the SDK's packages, one for each name that code imports it by. A
// module is there as JavaScript, an ES module, and as the TypeScript that it is
// made of, which are its types. Specifiers whose file src lacks are left out.
func Packages(src fs.FS, version string) ([]Package, error) {
	modules, err := packageModules(src)
	if err != nil {
		return nil, err
	}
	specs := map[string][]string{} // by package
	main := map[string]string{}    // the main package's specifier, by file
	for _, spec := range slices.Sorted(maps.Keys(sdkFiles)) {
		file, name := sdkFiles[spec], packageOf(spec)
		if _, err := fs.Stat(src, file); err != nil || !ours(name) {
			continue
		}
		if name == mainPackage && main[file] == "" {
			main[file] = spec // it sorts before the others
		}
		if main[file] != "" {
			specs[name] = append(specs[name], spec)
		}
	}
	var out []Package
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		files := modules
		if name != mainPackage {
			files = thin(specs[name], main)
		}
		about, err := packageJSON(name, version, specs[name])
		if err != nil {
			return nil, err
		}
		out = append(out, Package{name, append([]PackageFile{{"package.json", about}}, files...)})
	}
	return out, nil
}

// thin are modules that hand on those of the main package.
func thin(specs []string, main map[string]string) []PackageFile {
	var out []PackageFile
	for _, spec := range specs {
		file := sdkFiles[spec]
		text := fmt.Appendf(nil, "export * from %q;\n", main[file])
		out = append(out, PackageFile{strings.TrimSuffix(file, ".ts") + ".js", text}, PackageFile{file, text})
	}
	return out
}

func packageJSON(name, version string, specs []string) ([]byte, error) {
	type entry struct { // in the order in which conditions are tried
		Types   string `json:"types"`
		Default string `json:"default"`
	}
	exports := map[string]entry{}
	for _, spec := range specs {
		stem := "./" + strings.TrimSuffix(sdkFiles[spec], ".ts")
		exports["."+strings.TrimPrefix(spec, name)] = entry{stem + ".ts", stem + ".js"}
	}
	p := struct {
		Name         string            `json:"name"`
		Version      string            `json:"version"`
		Description  string            `json:"description"`
		License      string            `json:"license"`
		Homepage     string            `json:"homepage"`
		Type         string            `json:"type"`
		SideEffects  bool              `json:"sideEffects"`
		Engines      map[string]string `json:"engines"`
		Exports      map[string]entry  `json:"exports"`
		Dependencies map[string]string `json:"dependencies,omitempty"`
	}{
		Name: name, Version: version, Description: "Stateful TypeScript actors: the SDK of rivet", License: "Apache-2.0",
		Homepage: "https://github.com/rivetdev/rivet", Type: "module", Engines: map[string]string{"node": ">=20"}, Exports: exports,
	}
	if name != mainPackage {
		p.Dependencies = map[string]string{mainPackage: version}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return nil, fmt.Errorf("write package.json: %w", err)
	}
	return b.Bytes(), nil
}

// ours leaves out packages of others that the runtime has an equivalent of.
func ours(name string) bool { return strings.HasPrefix(name, "@rivetkit/") || name == "rivetkit" }

// packageModules are the SDK's modules but for the runtime's own side and the
// equivalents of other packages.
func packageModules(src fs.FS) ([]PackageFile, error) {
	theirs := map[string]bool{}
	for spec, file := range sdkFiles {
		if !ours(packageOf(spec)) {
			theirs[file] = true
		}
	}
	var out []PackageFile
	err := fs.WalkDir(src, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p == "runtime":
			return fs.SkipDir
		case d.IsDir() || path.Ext(p) != ".ts" || theirs[p]:
			return nil
		}
		text, err := fs.ReadFile(src, p)
		if err != nil {
			return err
		}
		res := api.Transform(string(text), api.TransformOptions{
			Loader: api.LoaderTS, Target: api.ES2022, Sourcefile: p, Charset: api.CharsetUTF8,
			TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
		})
		if len(res.Errors) > 0 {
			return &Error{Problems: problemsOf(SeverityError, res.Errors, nil)}
		}
		out = append(out, PackageFile{p, text}, PackageFile{strings.TrimSuffix(p, ".ts") + ".js", res.Code})
		return nil
	})
	if err == nil && len(out) == 0 {
		err = errors.New("there is no module")
	}
	if err != nil {
		return nil, fmt.Errorf("read the SDK: %w", err)
	}
	slices.SortFunc(out, func(a, b PackageFile) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}
