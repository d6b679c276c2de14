package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
)

func newConfigCommand(a *App) *cobra.Command {
	var flags serverFlags
	var schema bool
	cmd := &cobra.Command{
		Use:   "config [entry]",
		Short: "Print each setting and where it came from",
		Long: `Print each setting and where it came from: a default, rivet.yaml, the
environment or a flag. It takes the flags of rivet dev. What the entry's own code
says is asked of the project's running server; without one it is not evaluated.`,
		Example: `  rivet config
  rivet config --port 9000 --json
  rivet config --schema > rivet.schema.json`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema && a.filter != nil {
				return a.printRaw(cmd.Context(), config.Schema(), false)
			}
			if schema {
				_, err := a.Out.Write(config.Schema())
				return err
			}
			p, err := a.openProject(firstOf(args), flags.settings(cmd.Flags()))
			if err != nil {
				return err
			}
			return printConfig(cmd.Context(), a, a.withCode(cmd.Context(), p))
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of rivet.yaml")
	return cmd
}

// withCode is the configuration with what the code of the project's running
// server asked for; as it is if none runs.
func (a *App) withCode(ctx context.Context, p *project) *config.Resolved {
	ctx, cancel := context.WithTimeout(ctx, discoverTime)
	defer cancel()
	s, err := client.Discover(ctx, p.dir, client.DiscoverOptions{Home: a.env["HOME"]})
	if err != nil {
		return p.config // no server, which is no mistake
	}
	in, err := client.NewInspector(client.InspectorOptions{URL: s.URL, Token: s.Token, Via: "cli"})
	if err != nil {
		return p.config
	}
	said, err := in.Config(ctx)
	if err != nil {
		a.note("the server at %s doesn't say what its code asked for: %s", s.URL, errs.As(err).Msg)
		return p.config
	}
	return p.config.WithSettings(said)
}

func printConfig(ctx context.Context, a *App, c *config.Resolved) error {
	rows := c.Rows()
	if a.global.json {
		return a.printJSON(ctx, rows)
	}
	if !a.OutTTY {
		for _, r := range rows {
			if _, err := fmt.Fprintf(a.Out, "%s\t%s\t%s\n", r.Key, valueText(r.Value), where(r)); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Key, a.outText(valueText(r.Value)), a.outText(where(r)))
	}
	return w.Flush()
}

func where(r config.Row) string {
	if r.Evaluated != nil && !*r.Evaluated {
		return r.Origin + " (code not evaluated)"
	}
	if r.At != "" {
		return r.At
	}
	return r.Origin
}

// valueText is a value as rivet.yaml would say it.
func valueText(v any) string {
	if s, ok := v.(string); ok && s != "" {
		return s
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
