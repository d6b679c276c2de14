package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/sdk"
)

func newSDKCommand(a *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sdk",
		Short: "The TypeScript SDK that is in this rivet",
		Example: `  rivet sdk pack
  rivet sdk pack vendor`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "pack [DIR]",
		Short: "Write the SDK as packages that npm installs",
		Long: `Write the SDK as tarballs, one a package name, to DIR or the current directory,
for front ends and services that rivet doesn't run: npm install DIR/*.tgz.
@rivetkit/actor has the code, the other names hand it on. Actors need none of it.`,
		Example: `  rivet sdk pack
  rivet sdk pack vendor --json`,
		Args: between(0, 1, "one DIR at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return runPack(cmd.Context(), a, dir)
		},
	})
	return cmd
}

// packed is a tarball that was written.
type packed struct {
	Package string `json:"package"`
	Version string `json:"version"`
	File    string `json:"file"`
}

func runPack(ctx context.Context, a *App, dir string) error {
	version := npmVersion(a.Build.Version)
	packages, err := bundle.Packages(sdk.FS, version)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(a.path(dir), 0o755); err != nil {
		return usage("%s can't be written: %s", dir, systemCause(err)).pointAt(dir)
	}
	list := []packed{}
	for _, p := range packages {
		text, err := tarball(p)
		if err != nil {
			return fmt.Errorf("pack %s: %w", p.Name, err)
		}
		// As npm pack names them.
		name := strings.ReplaceAll(strings.TrimPrefix(p.Name, "@"), "/", "-") + "-" + version + ".tgz"
		file := filepath.Join(dir, name)
		if err := writeWhole(a.path(file), text); err != nil {
			return usage("%s can't be written: %s", file, systemCause(err)).pointAt(dir)
		}
		list = append(list, packed{p.Name, version, file})
	}
	if a.global.json {
		return a.printJSON(ctx, list)
	}
	t := &table{cols: []column{{head: "PACKAGE"}, {head: "FILE"}}}
	for _, p := range list {
		t.add(word(p.Package), word(p.File))
	}
	return a.printTable(t)
}

var semver = regexp.MustCompile(`^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$`)

// npmVersion is a version as npm takes it; a build that has none is before all.
func npmVersion(v string) string {
	v = strings.TrimPrefix(v, "v")
	if semver.MatchString(v) {
		return v
	}
	return "0.0.0-" + regexp.MustCompile(`[^0-9A-Za-z-]+`).ReplaceAllString(v, "-")
}

// tarball is a package as npm packs it, the same bytes each time.
func tarball(p bundle.Package) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range p.Files {
		head := &tar.Header{Name: "package/" + f.Path, Mode: 0o644, Size: int64(len(f.Text)), ModTime: time.Unix(0, 0), Typeflag: tar.TypeReg}
		if err := w.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone once it is renamed
	if _, err = f.Write(text); err == nil {
		err = f.Chmod(0o644)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
