package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// exportOptions are what `rivet export` was asked for.
type exportOptions struct {
	actor  string // "": all
	typ    string
	server serverOptions
}

func newExportCommand(a *App) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export [ACTOR]",
		Short: "Print actors, so that import can bring them back",
		Long: `Print one actor, all of a type, or all: a line of JSON each, with its state and
its schedule, values exact. Each actor is as of one moment, and none is started
or stopped. rivet import reads it, here or at another server.`,
		Example: `  rivet export > actors.jsonl
  rivet export counter/my-counter
  rivet export --type counter | gzip > counters.jsonl.gz`,
		Args: between(0, 1, "one ACTOR at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.actor = args[0]
			}
			if o.actor != "" && o.typ != "" {
				return usage("an ACTOR and --type exclude each other").pointAt(o.typ)
			}
			return runExport(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.typ, "type", "", "all actors of `TYPE`")
	o.server.registerURL(cmd.Flags())
	o.server.registerEmbedded(cmd.Flags())
	return cmd
}

func runExport(ctx context.Context, a *App, o exportOptions) error {
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	id := ""
	if o.actor != "" {
		s, err := parseSubject(o.actor)
		if err != nil {
			return err
		}
		x, err := a.find(ctx, in, s)
		if err != nil {
			return err
		}
		id = x.ID
	}
	if o.typ != "" {
		if err := knownType(ctx, in, o.typ); err != nil {
			return err
		}
	}
	n := 0
	err = in.Export(ctx, id, o.typ, func(line []byte) error {
		n++
		return a.printRaw(ctx, line, true)
	})
	if err == nil && a.ErrTTY && !a.OutTTY {
		a.note("%s", plural(n, "actor"))
	}
	return err
}
