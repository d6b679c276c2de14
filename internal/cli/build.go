package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/sdk"
)

// buildResult is `rivet build --json`.
type buildResult struct {
	File     string            `json:"file"`
	Bytes    int               `json:"bytes"`
	Entry    string            `json:"entry"`
	Hash     string            `json:"hash"`
	Versions map[string]string `json:"versions"`
	Left     []string          `json:"left"` // secrets of rivet.yaml that aren't in it
	Warnings []bundle.Problem  `json:"warnings"`
}

func newBuildCommand(a *App) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "build [entry]",
		Short: "Put the project into one file that rivet serve runs",
		Long: `Put the project into one file: its code with all it imports, source maps, and what
rivet.yaml says. rivet serve runs it, wherever rivet is. Secrets stay out, and
${NAME} is read where it is served. The same project gives the same bytes.`,
		Example: `  rivet build
  rivet build src/registry.ts -o dist/app.rivet`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runBuild(cmd.Context(), a, firstOf(args), out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "app.rivet", "write `FILE`")
	return cmd
}

func runBuild(ctx context.Context, a *App, arg, out string) error {
	p, err := a.openProjectWith(arg, config.Options{Unexpanded: true, Production: true})
	if err != nil {
		return err
	}
	entry, err := p.entry()
	if err != nil {
		return err
	}
	b := bundle.New(bundle.Options{Dir: p.dir, Entry: entry, SDK: sdk.FS, Portable: true})
	defer b.Close()
	code, err := b.Build(ctx)
	if err != nil {
		return err
	}
	v := a.version()
	pack := bundle.Pack{Name: packageName(p.dir), Versions: map[string]string{
		"rivet": v.Version, "go": runtime.Version(), "goja": v.Goja, "esbuild": v.ESBuild,
	}}
	pack.SetCode(code)
	r := buildResult{File: out, Entry: pack.Entry, Hash: pack.Hash, Versions: pack.Versions, Left: []string{}, Warnings: b.Warnings()}
	if pack.Config, r.Left, err = p.config.Portable(); err != nil {
		return err
	}
	file, err := pack.Encode()
	if err != nil {
		return err
	}
	r.Bytes = len(file)
	err = os.MkdirAll(filepath.Dir(a.path(out)), 0o755)
	if err == nil {
		err = replaceFile(a.path(out), file, 0o644)
	}
	if err != nil {
		return usage("%s can't be written: %s", out, reason(err)).pointAt(out)
	}
	return a.printBuilt(ctx, r)
}

func (a *App) printBuilt(ctx context.Context, r buildResult) error {
	if a.global.json {
		if r.Left == nil {
			r.Left = []string{}
		}
		if r.Warnings == nil {
			r.Warnings = []bundle.Problem{}
		}
		return a.printJSON(ctx, r)
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(a.Err, a.safeFrame(w))
	}
	if len(r.Left) > 0 {
		a.note("%s stays out of the file: set it where it is served (%s)", strings.Join(r.Left, " and "), strings.Join(config.Variables(r.Left), ", "))
	}
	if !a.OutTTY {
		_, err := fmt.Fprintf(a.Out, "%s\t%d\t%s\n", r.File, r.Bytes, r.Hash)
		return err
	}
	p := painter(a.colorOut())
	_, err := fmt.Fprintf(a.Out, "%s  %s  %s\n", p.bold(a.outText(r.File)), sizeText(int64(r.Bytes)), p.dim(r.Hash[:min(12, len(r.Hash))]))
	if !a.global.quiet && err == nil {
		fmt.Fprintf(a.Err, "  rivet serve %s\n", a.errText(quoteArg(r.File)))
	}
	return err
}

// packageName is the name that package.json gives a project, "" if none.
func packageName(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	var p struct{ Name string }
	if err != nil || json.Unmarshal(text, &p) != nil {
		return ""
	}
	return p.Name
}

// replaceFile writes a file as a whole or not at all.
func replaceFile(path string, text []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// reason is what the system said, without the path, which is told already.
func reason(err error) string {
	var path *os.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return errs.As(err).Msg
}
