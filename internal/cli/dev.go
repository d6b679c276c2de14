package cli

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
)

// DevOptions are what `rivet dev` or `rivet serve` was asked for.
type DevOptions struct {
	App    *App
	Dir    string // the project, absolute
	Entry  string // absolute
	Config *config.Resolved
	// PortAsked: somebody named a port, so that no other may be taken.
	PortAsked bool
	// Production: this is `rivet serve`. Pack is the .rivet file that it serves,
	// nil: the entry.
	Production bool
	Pack       *bundle.Pack
	Verbose    bool
	Quiet      bool
	// DebugAddr is where pprof is served, a loopback address; "": nowhere.
	DebugAddr string
}

// Name is the project's name, for the first lines.
func (o DevOptions) Name() string {
	if o.Pack != nil && o.Pack.Name != "" {
		return o.Pack.Name
	}
	return filepath.Base(o.Dir)
}

func newDevCommand(a *App) *cobra.Command {
	var flags serverFlags
	var debugAddr string
	cmd := &cobra.Command{
		Use:   "dev [entry]",
		Short: "Run the project, and put new code in when a file is saved",
		Long: `Run the project: bundle it, serve its actors, keep their state under .rivet/, and
put new code in when a file is saved, while clients stay connected.

The entry is the file that defines the actors, or its directory; without it
rivet.yaml's entry, then server.ts, registry.ts and src/… are tried.`,
		Example: `  rivet dev
  rivet dev src/registry.ts --port 9000
  rivet dev --memory --log-format json`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			arg := firstOf(args)
			set := flags.settings(cmd.Flags())
			if a.global.json && !cmd.Flags().Changed("log-format") {
				set = append(set, config.Flag{Key: "log.format", Text: "json", Name: "--json"})
			}
			p, err := a.openProject(arg, set)
			if err != nil {
				return err
			}
			if p.config.Dev.TUI && (!a.InTTY || !a.OutTTY || a.env["TERM"] == "dumb") {
				if flags.tui {
					return usage("--tui needs a terminal").pointAt("--tui").hint("without it rivet dev prints lines")
				}
				return errs.New(errs.ConfigInvalid, "dev.tui needs a terminal").WithHint("%s asks for it", originName(p.config.Origin("dev.tui")))
			}
			entry, err := p.entry()
			if err != nil {
				return err
			}
			if err := WriteTools(p.dir, a.version().Version); err != nil && a.global.verbose {
				a.note("%v; editors miss the types", err) // no reason not to run
			}
			run := a.Dev
			if run == nil {
				run = runDev
			}
			return stopped(cmd.Context(), run(cmd.Context(), DevOptions{
				App: a, Dir: p.dir, Entry: entry, Config: p.config,
				PortAsked: p.config.Asked("port"), Verbose: a.global.verbose, Quiet: a.global.quiet,
				DebugAddr: debugAddr,
			}))
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().StringVar(&debugAddr, "debug-addr", "", "serve pprof at the loopback `ADDRESS`")
	return cmd
}
