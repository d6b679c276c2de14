package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/errs"
)

// typesResult is `rivet types --json`.
type typesResult struct {
	Dir     string `json:"dir"`
	Version string `json:"version"`
	Written bool   `json:"written"` // false: they were there
}

func newTypesCommand(a *App) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "types",
		Short: "Write the SDK's types to .rivet/sdk, for editors",
		Long: `Write the types of the SDK that is in this binary to .rivet/sdk, and the JSON Schema
of rivet.yaml beside it, so that editors know them without npm install. init, dev
and check do it too, if they are missing or of another version.`,
		Example: `  rivet types
  rivet types --force`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runTypes(cmd.Context(), a, force) },
	}
	cmd.Flags().BoolVar(&force, "force", false, "write them even if they are there")
	return cmd
}

func runTypes(ctx context.Context, a *App, force bool) error {
	dir, err := a.projectDir("")
	if err != nil {
		return err
	}
	r := typesResult{Dir: filepath.Join(dir, ".rivet", "sdk"), Version: a.version().Version}
	stamp := filepath.Join(r.Dir, "VERSION")
	if force {
		if err := os.Remove(stamp); err != nil && !os.IsNotExist(err) {
			return errs.New(errs.Usage, "%s can't be written: %s", r.Dir, reason(err))
		}
	}
	before, _ := os.Stat(stamp) // nil: there is none
	if err := WriteTools(dir, r.Version); err != nil {
		return errs.New(errs.Usage, "%s can't be written: %s", r.Dir, reason(err))
	}
	after, err := os.Stat(stamp)
	r.Written = err == nil && (before == nil || !os.SameFile(before, after))
	switch {
	case a.global.json:
		return a.printJSON(ctx, r)
	case !a.OutTTY:
		_, err = fmt.Fprintln(a.Out, r.Dir)
	case r.Written:
		_, err = fmt.Fprintf(a.Out, "%s  %s\n", a.outText(r.Dir), r.Version)
	default:
		_, err = fmt.Fprintf(a.Out, "%s  %s, as it was\n", a.outText(r.Dir), r.Version)
	}
	return err
}
