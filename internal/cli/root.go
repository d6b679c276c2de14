package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rivetdev/rivet/internal/errs"
)

const helpTemplate = `{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}

{{end}}Usage
  {{if .HasParent}}{{.UseLine}}{{else}}{{.CommandPath}} COMMAND{{end}}
{{- if .HasAvailableSubCommands}}

Commands
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name 12}}{{.Short}}{{end}}{{end}}{{end}}
{{- if .HasExample}}

Examples
{{.Example}}{{end}}
{{- if .HasAvailableLocalFlags}}

Flags
{{.LocalFlags.FlagUsagesWrapped HELPWIDTH | trimTrailingWhitespaces}}{{end}}
{{- if .HasAvailableInheritedFlags}}

Flags of every command
{{.InheritedFlags.FlagUsagesWrapped HELPWIDTH | trimTrailingWhitespaces}}{{end}}
`

// Commands is the tree of rivet's commands, for what is generated of it.
func (a *App) Commands() *cobra.Command { return newRoot(a) }

func newRoot(a *App) *cobra.Command {
	root := &cobra.Command{
		Use:   "rivet",
		Short: "rivet runs stateful TypeScript actors: on your machine, with no set-up",
		Example: `  rivet init my-app
  rivet dev
  rivet call counter/my-counter increment 5`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{"auto", "always", "never"}, a.global.color) {
				return usage("--color takes auto, always or never, not %q", a.global.color).pointAt(a.global.color)
			}
			if err := a.compileJQ(); err != nil {
				return err
			}
			return a.enter()
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&a.global.color, "color", "auto", "`WHEN`: auto, always or never")
	f.BoolVarP(&a.global.quiet, "quiet", "q", false, "print the result and errors alone")
	f.BoolVarP(&a.global.verbose, "verbose", "v", false, "print more")
	f.BoolVar(&a.global.json, "json", a.global.json, "print JSON")
	f.StringVar(&a.global.jq, "jq", "", "print what the jq `EXPR` makes of the JSON")
	f.StringVarP(&a.global.cwd, "cwd", "C", "", "run in `DIR`")

	root.AddCommand(
		newBenchCommand(a),
		newBuildCommand(a),
		newCallCommand(a),
		newCheckCommand(a),
		newCompletionCommand(a),
		newConfigCommand(a),
		newConnsCommand(a),
		newCreateCommand(a),
		newDestroyCommand(a),
		newDevCommand(a),
		newDoctorCommand(a),
		newDocsCommand(a),
		newEmitCommand(a),
		newEventsCommand(a),
		newExportCommand(a),
		newImportCommand(a),
		newInitCommand(a),
		newLogsCommand(a),
		newLsCommand(a),
		newReplCommand(a),
		newRestartCommand(a),
		newSDKCommand(a),
		newScheduleCommand(a),
		newServeCommand(a),
		newStateCommand(a),
		newStudioCommand(a),
		newTuiCommand(a),
		newTypesCommand(a),
		newVersionCommand(a),
	)
	root.SetHelpTemplate(a.helpTemplate())
	help := newHelpCommand(root)
	root.SetHelpCommand(help)
	root.CompletionOptions.DisableDefaultCmd = true
	a.completeAll(root)
	a.completeAll(help) // cobra adds it later
	root.SetFlagErrorFunc(flagError)
	return root
}

func newHelpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show what a command does",
		Example: "  rivet help call\n  rivet help dev",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd := root
			for _, name := range args {
				i := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
				if i < 0 {
					return unknownCommand(cmd, name)
				}
				cmd = cmd.Commands()[i]
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

func unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usage("unknown command %q", name).pointAt(name).hint("%s", suggestion(name, names, "rivet --help lists them"))
}

// suggestion is a hint with the nearest name, or else what is given.
func suggestion(name string, names []string, other string) string {
	if near := errs.Closest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return other
}

// flagError words what pflag says and suggests the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	var wrong *pflag.InvalidValueError
	if errors.As(err, &wrong) {
		takes := map[string]string{"int": "a whole number", "float64": "a number", "bool": "true or false"}[wrong.GetFlag().Value.Type()]
		if takes == "" {
			takes = "another value"
		}
		return usage("--%s takes %s, not %q", wrong.GetFlag().Name, takes, unmask(wrong.GetValue())).pointAt(unmask(wrong.GetValue()))
	}
	var bare *pflag.ValueRequiredError
	if errors.As(err, &bare) {
		typed := "--" + bare.GetSpecifiedName()
		if bare.GetSpecifiedShortnames() != "" {
			typed = "-" + bare.GetSpecifiedShortnames()
		}
		return usage("%s needs a value: %s", typed, valueOf(bare.GetFlag())).pointAt(typed).
			hint("%s --help lists the flags", cmd.CommandPath())
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage("%s", strings.TrimPrefix(unmask(err.Error()), "invalid argument ")).
			hint("%s --help lists the flags", cmd.CommandPath())
	}
	name := unmask(unknown.GetSpecifiedName())
	typed := "--" + name
	if unknown.GetSpecifiedShortnames() != "" {
		typed = "-" + unmask(unknown.GetSpecifiedShortnames())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	hint := suggestion(typed, names, cmd.CommandPath()+" --help lists the flags")
	if slices.Contains(valueCommands, cmd.Name()) {
		hint += `; a value that begins with "-" stands after -- or in --args`
	}
	return usage("unknown flag %s", typed).pointAt(typed).hint("%s", hint)
}

// valueOf is what a flag takes, as its help writes it.
func valueOf(f *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(f)
	return "--" + f.Name + " " + name
}

// noArgs refuses arguments where none are taken.
func noArgs(cmd *cobra.Command, args []string) error { return atMost(0)(cmd, args) }

func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return usage("%s takes %s", cmd.CommandPath(), countOf(n)).pointAt(args[n]).hint("this is one too many")
		}
		return nil
	}
}

func countOf(n int) string {
	switch n {
	case 0:
		return "no arguments"
	case 1:
		return "one argument at most"
	}
	return fmt.Sprintf("%d arguments at most", n)
}

// helpTemplate is how help is written: on a terminal flags are told in its width.
func (a *App) helpTemplate() string {
	width := 0 // as it is
	if a.OutTTY {
		width = max(a.width(), 40)
	}
	return strings.ReplaceAll(helpTemplate, "HELPWIDTH", strconv.Itoa(width))
}
