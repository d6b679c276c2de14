package cli

import (
	"context"
	"errors"

	"charm.land/huh/v2"

	"github.com/rivetdev/rivet/templates"
)

// askInit asks at the terminal for what the command line left open.
func askInit(ctx context.Context, a *App, o *initOptions) error {
	var groups []*huh.Group // one question at a time
	dir := o.dir
	if dir == "" {
		dir = "my-app"
		groups = append(groups, huh.NewGroup(huh.NewInput().Title("Directory of the project").Value(&dir).
			Description("a new one, or . for this one")))
	}
	if o.template == "" {
		var choices []huh.Option[string]
		for _, t := range templates.All() {
			choices = append(choices, huh.NewOption(t.Name+": "+t.Title, t.Name))
		}
		groups = append(groups, huh.NewGroup(huh.NewSelect[string]().Title("Template").Options(choices...).Value(&o.template)))
	}
	form := huh.NewForm(groups...).WithInput(a.In).WithOutput(a.Err).WithAccessible(a.env["TERM"] == "dumb")
	if !a.colorErr() {
		form = form.WithTheme(huh.ThemeFunc(huh.ThemeBase))
	}
	err := form.RunWithContext(ctx)
	if errors.Is(err, huh.ErrUserAborted) {
		return errAborted
	}
	if err == nil {
		o.dir = dir
	}
	return err
}

// errAborted: Ctrl-C at a prompt, which no signal tells of.
var errAborted = errors.New("aborted at a prompt")
