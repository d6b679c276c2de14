package cli

//go:generate go run ./genman -list ../../goreleaser.yaml

import (
	"strings"

	"github.com/spf13/cobra"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletionCommand(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print what a shell needs to complete rivet's commands",
		Example: `  rivet completion bash > /etc/bash_completion.d/rivet
  rivet completion zsh > "${fpath[1]}/_rivet"
  rivet completion fish > ~/.config/fish/completions/rivet.fish`,
		ValidArgs: shells,
		Args:      atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("which shell? one of %s", strings.Join(shells, ", "))
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.Out, true)
			case "zsh":
				return root.GenZshCompletion(a.Out)
			case "fish":
				return root.GenFishCompletion(a.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.Out)
			}
			return usage("unknown shell %q", args[0]).pointAt(args[0]).
				hint("%s", suggestion(args[0], shells, "known are "+strings.Join(shells, ", ")))
		},
	}
}
