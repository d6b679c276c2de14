package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/tui/safe"
)

// finding is one thing that `rivet doctor` looked at.
type finding struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warning or error
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
}

const (
	fine    = "ok"
	careful = "warning"
	broken  = "error"
)

func newDoctorCommand(a *App) *cobra.Command {
	var flags serverFlags
	cmd := &cobra.Command{
		Use:   "doctor [entry]",
		Short: "Look at what rivet needs here, and say what to do",
		Long: `Look at what rivet needs here: versions, the entry, the configuration, the port, the
data and its disk, the clock, limits of the system, what editors read. It takes the
flags of rivet dev, and changes nothing. Exit code 1 if there is an error.`,
		Example: `  rivet doctor
  rivet doctor --data /var/lib/app --json`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDoctor(cmd.Context(), a, firstOf(args), &doctor{a: a, flags: flags.settings(cmd.Flags())})
		},
	}
	flags.register(cmd.Flags())
	return cmd
}

func runDoctor(ctx context.Context, a *App, arg string, d *doctor) error {
	d.look(ctx, arg)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	failed := false
	for _, f := range d.found {
		failed = failed || f.Status == broken
	}
	if err := a.printFindings(ctx, d.found, !failed); err != nil {
		return err
	}
	if failed {
		return errSaidNo
	}
	return nil
}

func (a *App) printFindings(ctx context.Context, found []finding, ok bool) error {
	if a.global.json {
		return a.printJSON(ctx, struct {
			OK     bool      `json:"ok"`
			Checks []finding `json:"checks"`
		}{ok, found})
	}
	p := painter(a.colorOut())
	for _, f := range found {
		var line string
		if a.OutTTY {
			mark := map[string]string{fine: p.green("✓"), careful: p.yellow("!"), broken: p.red("✗")}[f.Status]
			line = fmt.Sprintf("%s %-14s %s", mark, f.Name, hang(safe.Text(f.Text), 17, a.columns()))
			if f.Hint != "" {
				line += "\n" + strings.Repeat(" ", 17) + p.dim(hang(safe.Text("→ "+f.Hint), 17, a.columns()))
			}
		} else {
			line = fmt.Sprintf("%s\t%s\t%s\t%s", f.Status, f.Name, oneLine.Replace(f.Text), oneLine.Replace(f.Hint))
		}
		if _, err := fmt.Fprintln(a.Out, line); err != nil {
			return err
		}
	}
	return nil
}
