package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/store/sqlite"
)

// versionInfo is `rivet version --json`.
type versionInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
	Go      string `json:"go"`
	Goja    string `json:"goja,omitempty"`
	ESBuild string `json:"esbuild,omitempty"`
	SQLite  string `json:"sqlite,omitempty"`
}

func newVersionCommand(a *App) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of rivet and of what is in it",
		Example: "  rivet version\n  rivet version --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := a.version()
			if a.global.json {
				return a.printJSON(cmd.Context(), v)
			}
			line := "rivet " + v.Version
			if v.Commit != "" {
				line += " (" + v.Commit[:min(12, len(v.Commit))]
				if v.Date != "" {
					line += ", " + v.Date
				}
				line += ")"
			}
			_, err := fmt.Fprintf(a.Out, "%s %s %s/%s\n", line, v.Go, runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

func (a *App) version() versionInfo {
	v := versionInfo{Version: a.Build.Version, Commit: a.Build.Commit, Date: a.Build.Date, Go: runtime.Version(), SQLite: sqlite.Version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && v.Commit == "":
			v.Commit = s.Value
		case s.Key == "vcs.time" && v.Date == "":
			v.Date = s.Value
		}
	}
	for _, dep := range info.Deps {
		switch dep.Path {
		case "github.com/dop251/goja":
			v.Goja = dep.Version
		case "github.com/evanw/esbuild":
			v.ESBuild = dep.Version
		}
	}
	return v
}
