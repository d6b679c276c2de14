package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui"
)

func newTuiCommand(a *App) *cobra.Command {
	var o serverOptions
	cmd := &cobra.Command{
		Use:   "tui",
		Short: "Look at the running actors in this terminal, live",
		Long: `Look at the running actors in this terminal: what they hold, what they do, who is
connected, what is scheduled. It attaches to the project's running server.

Keys: j and k go through the actors, / filters, enter opens one, 1 to 7 are its
tabs, ? lists all keys, q leaves.`,
		Example: `  rivet tui
  rivet tui --url http://localhost:9000 --token "$TOKEN"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runTui(cmd.Context(), a, o) },
	}
	o.registerURL(cmd.Flags())
	return cmd
}

func runTui(ctx context.Context, a *App, o serverOptions) error {
	if !a.InTTY || !a.OutTTY || a.env["TERM"] == "dumb" {
		return usage("rivet tui needs a terminal").hint("in a pipe: rivet ls, rivet state, rivet events, rivet logs")
	}
	if _, err := a.inspect(ctx, o); err != nil { // said here rather than on a screen that comes and goes
		return err
	}
	_, err := tui.Run(ctx, a.tuiOptions(o))
	return err
}

// tuiOptions are what the interface gets from the command line and the environment.
func (a *App) tuiOptions(o serverOptions) tui.Options {
	t := tui.Options{
		Connect: func(ctx context.Context) (*client.Inspector, error) { return a.inspect(ctx, o) },
		In:      a.In, Out: a.Out, Environ: a.Environ, Editor: a.editor,
		OpenURL: func(ctx context.Context, in *client.Inspector, path string) error {
			code, err := in.Code(ctx, false)
			if err != nil {
				return err
			}
			if code.Page == "" {
				return errs.New(errs.Unsupported, "this server's Studio is turned off")
			}
			return a.browse(strings.TrimSuffix(code.Page, "/") + path + "#c=" + code.Code)
		},
	}
	switch {
	case !a.colorOut():
		t.Colors = "never"
	case a.global.color == "always":
		t.Colors = "always"
	}
	if o.url == "" && a.env["RIVET_URL"] == "" {
		if dir, err := client.FindProject(a.Cwd, a.env["HOME"]); err == nil && dir != "" {
			t.Dir = filepath.Clean(dir)
		}
	}
	return t
}
