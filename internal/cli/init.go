package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/templates"
)

// notEmpty is the code of a refused init.
const notEmpty errs.Code = "directory_not_empty"

// initOptions are what `rivet init` was asked for.
type initOptions struct {
	dir      string // "" is asked for, or the working directory
	template string // "" is asked for, or the first one
	name     string // "" follows from dir
	yes      bool
	force    bool
}

func newInitCommand(a *App) *cobra.Command {
	var o initOptions
	var list bool
	cmd := &cobra.Command{
		Use:   "init [dir]",
		Short: "Start a project",
		Long: `Write a small project: an actor, settings, and the types that an editor needs.
It needs no Node and no npm install.`,
		Example: `  rivet init my-app
  rivet init my-chat --template chat
  rivet init --list`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return listTemplates(cmd.Context(), a)
			}
			if len(args) > 0 {
				o.dir = args[0]
			}
			return runInit(cmd.Context(), a, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.template, "template", "t", "", "begin with template `NAME`: "+strings.Join(templateNames(), ", "))
	f.BoolVar(&list, "list", false, "list the templates")
	f.StringVar(&o.name, "name", "", "the project's `NAME` (that of the directory)")
	f.BoolVarP(&o.yes, "yes", "y", false, "ask nothing")
	f.BoolVar(&o.force, "force", false, "also into a directory that isn't empty; no file is overwritten")
	return cmd
}

func templateNames() []string {
	var names []string
	for _, t := range templates.All() {
		names = append(names, t.Name)
	}
	return names
}

func listTemplates(ctx context.Context, a *App) error {
	all := templates.All()
	if a.global.json {
		return a.printJSON(ctx, all)
	}
	if !a.OutTTY {
		for _, t := range all {
			if _, err := fmt.Fprintf(a.Out, "%s\t%s\n", t.Name, t.Title); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, t := range all {
		fmt.Fprintf(w, "%s\t%s\n", t.Name, t.Title)
	}
	return w.Flush()
}

// initResult is `rivet init --json`.
type initResult struct {
	Dir      string   `json:"dir"`
	Name     string   `json:"name"`
	Template string   `json:"template"`
	Files    []string `json:"files"`
	Left     []string `json:"left"` // existed already and were not touched
	Next     []string `json:"next"`
}

func runInit(ctx context.Context, a *App, o initOptions) error {
	if !o.yes && a.InTTY && a.ErrTTY && !a.global.json && (o.dir == "" || o.template == "") {
		if err := askInit(ctx, a, &o); err != nil {
			return err
		}
	}
	if o.template == "" {
		o.template = templateNames()[0]
	}
	t, err := findTemplate(o.template)
	if err != nil {
		return err
	}
	dir := a.path(o.dir)
	if o.name == "" {
		o.name = projectName(filepath.Base(dir))
	} else if o.name != projectName(o.name) {
		return usage("%q can't be a project's name", o.name).pointAt(o.name).
			hint("lower case letters, digits, - . and _: such as %s", projectName(o.name))
	}
	if err := mayInit(a, dir, o); err != nil {
		return err
	}
	files, err := templates.Render(t.Name, o.name)
	if err != nil {
		return err
	}
	tools, err := toolFiles(a.version().Version)
	if err != nil {
		return err
	}
	written, left, err := writeProject(ctx, dir, files, tools)
	if in := (*notDirError)(nil); errors.As(err, &in) {
		return errs.New(notEmpty, "%s is in the way: it is %s", in.path, in.what).
			WithHint("move it away; a project's files are written into directories of its own alone")
	}
	if err != nil {
		return errs.Wrap(errs.StorageUnavailable, err, "can't write to %s: %v", dir, systemCause(err)).
			WithHint("check that it is a place of yours with room on its disk, or name another directory")
	}
	res := initResult{Dir: dir, Name: o.name, Template: t.Name, Files: written, Left: left, Next: nextCommands(a, dir, t)}
	return printInit(ctx, a, res, o.dir)
}

func findTemplate(name string) (templates.Template, error) {
	for _, t := range templates.All() {
		if t.Name == name {
			return t, nil
		}
	}
	return templates.Template{}, usage("unknown template %q", name).pointAt(name).
		hint("%s", suggestion(name, templateNames(), "there are: "+strings.Join(templateNames(), ", ")))
}

// mayInit refuses a place that has something in it already. A repository that
// is still empty is a fine place.
func mayInit(a *App, dir string, o initOptions) error {
	info, err := os.Stat(dir)
	if os.IsNotExist(err) {
		if _, err := os.Lstat(dir); err == nil {
			return (&failure{says: errs.New(notEmpty, "%s is a link that leads nowhere", shownDir(a, dir))}).pointAt(o.dir).
				hint("name a directory")
		}
		return nil
	}
	if err != nil {
		return errs.Wrap(errs.Usage, err, "%s can't be used: %v", dir, systemCause(err))
	}
	if !info.IsDir() {
		return (&failure{says: errs.New(notEmpty, "%s is a file", o.dir)}).pointAt(o.dir).hint("name a directory")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return errs.Wrap(errs.Usage, err, "%s can't be used: %v", dir, systemCause(err))
	}
	for _, e := range entries {
		if name := e.Name(); !o.force && name != ".git" && name != ".DS_Store" {
			f := &failure{says: errs.New(notEmpty, "%s is not empty: it has %s", shownDir(a, dir), name)}
			return f.pointAt(o.dir).hint("--force writes what is missing and overwrites nothing")
		}
	}
	return nil
}

func shownDir(a *App, dir string) string {
	if rel, err := filepath.Rel(a.Cwd, dir); err == nil && filepath.IsLocal(rel) && rel != "." {
		return rel
	}
	return dir
}

// projectName is text as a package may be named.
func projectName(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)), b.Len() > 0 && strings.ContainsRune("-._", r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.TrimRight(b.String(), "-")
	if name == "" {
		return "my-app"
	}
	return name
}

// nextCommands are the two commands to type next.
func nextCommands(a *App, dir string, t templates.Template) []string {
	if dir == a.Cwd {
		return []string{"rivet dev", t.Try}
	}
	return []string{"cd " + quoteArg(shownDir(a, dir)), "rivet dev"}
}

func printInit(ctx context.Context, a *App, r initResult, typed string) error {
	if a.global.json {
		return a.printJSON(ctx, r)
	}
	p := painter(a.colorOut())
	where := typed
	if where == "" {
		where = shownDir(a, r.Dir)
	}
	if !a.global.quiet {
		fmt.Fprintf(a.Out, "%s %s from the template %s: %s\n", p.green("created"), a.outText(where), r.Template, strings.Join(r.Files, ", "))
		if len(r.Left) > 0 {
			fmt.Fprintf(a.Out, "%s as they were: %s\n", p.yellow("left"), a.outText(strings.Join(r.Left, ", ")))
		}
		fmt.Fprintln(a.Out)
	}
	for _, c := range r.Next {
		if _, err := fmt.Fprintf(a.Out, "  %s\n", a.outText(c)); err != nil {
			return err
		}
	}
	return nil
}
