package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// importFailed: some lines of an import were not taken.
const importFailed errs.Code = "import_failed"

// importOptions are what `rivet import` was asked for.
type importOptions struct {
	file                             string // "" and "-": standard input
	createOnly, replace, dryRun, yes bool
	server                           serverOptions
}

func newImportCommand(a *App) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Bring back what export printed",
		Long: `Create the actors of an export, from FILE or standard input, and print what
became of each. An actor that exists is left as it is, so an import that was
broken off goes on when it is run again; with --replace it becomes what the
export says, and what it was is kept in a file that undoes it.`,
		Example: `  rivet import actors.jsonl
  rivet export --url http://localhost:8080 --token "$FROM" | rivet import --url http://localhost:9090 --token "$TO"
  rivet import actors.jsonl --replace --dry-run
  rivet import actors.jsonl --replace --yes`,
		Args: between(0, 1, "one FILE at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.file = args[0]
			}
			if o.replace && o.createOnly {
				return usage("--replace and --create-only exclude each other").pointAt("--create-only")
			}
			return runImport(cmd.Context(), a, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.createOnly, "create-only", false, "leave actors that exist as they are (so it is without --replace)")
	f.BoolVar(&o.replace, "replace", false, "replace actors that exist")
	f.BoolVar(&o.dryRun, "dry-run", false, "only tell what would be done")
	f.BoolVarP(&o.yes, "yes", "y", false, "ask nothing")
	o.server.registerURL(f)
	return cmd
}

func runImport(ctx context.Context, a *App, o importOptions) error {
	if o.replace && !o.dryRun && !o.yes && (!a.InTTY || !a.ErrTTY) {
		return a.confirm(ctx, "Replace actors?", "", false) // nobody can be
	}
	from, done, err := a.openImport(o)
	if err != nil {
		return err
	}
	defer done()
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	if o.replace && !o.dryRun {
		if err := a.beforeReplace(ctx, in, o, from); err != nil {
			return err
		}
	}
	t := tally{a: a, o: o, counts: map[string]int{}}
	err = in.Import(ctx, from, client.ImportOptions{Replace: o.replace, DryRun: o.dryRun}, func(r inspect.Imported) error {
		return t.print(ctx, r)
	})
	if err == nil || t.lines > 0 {
		t.sum()
	}
	switch {
	case errs.Is(err, errs.ConnectionLost) && !o.replace:
		return errs.As(err).WithHint("Run it again: it goes on where it was broken off.")
	case err != nil:
		return err
	case t.counts["failed"] > 0:
		hint := "Mend them and run it again: what is there already is skipped."
		if o.replace {
			hint = "Mend them and run it again."
		}
		return errs.New(importFailed, "%s of %d not imported", plural(t.counts["failed"], "line"), t.lines).WithHint("%s", hint)
	}
	return nil
}

// openImport opens what is read. With --replace it is read twice, so that
// standard input is kept in a file meanwhile.
func (a *App) openImport(o importOptions) (from io.Reader, done func(), err error) {
	if o.file != "" && o.file != "-" {
		f, err := os.Open(a.path(o.file))
		if err == nil {
			if info, serr := f.Stat(); serr == nil && info.IsDir() {
				err = errors.Join(errors.New("it is a directory"), f.Close())
			}
		}
		if err != nil {
			return nil, nil, usage("%s can't be read: %s", o.file, systemCause(err)).pointAt(o.file)
		}
		return f, func() { _ = f.Close() }, nil
	}
	if a.InTTY {
		return nil, nil, usage("which FILE? rivet import reads one, or what is piped into it").hint("rivet export > actors.jsonl makes one")
	}
	if !o.replace || o.dryRun {
		return a.stdin(), func() {}, nil
	}
	f, err := os.CreateTemp("", "rivet-import-*.jsonl")
	if err != nil {
		return nil, nil, fmt.Errorf("keep standard input: %w", err)
	}
	done = func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) } // it is of no use any more
	if _, err = io.Copy(f, a.stdin()); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("keep standard input: %w", err)
	}
	return f, done, nil
}

// beforeReplace finds out what would be replaced, asks, and keeps it.
func (a *App) beforeReplace(ctx context.Context, in *client.Inspector, o importOptions, from io.Reader) error {
	var ids, names []string
	err := in.Import(ctx, from, client.ImportOptions{Replace: true, DryRun: true}, func(r inspect.Imported) error {
		if r.Result == "replaced" {
			ids, names = append(ids, r.ID), append(names, actorName(r.Type, r.Key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := from.(io.Seeker).Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read %s again: %w", o.file, err)
	}
	if len(ids) == 0 {
		return nil
	}
	shown := strings.Join(names[:min(len(names), 3)], ", ")
	if len(names) > 3 {
		shown += ", …"
	}
	if err := a.confirm(ctx, fmt.Sprintf("Replace %s (%s)?", plural(len(ids), "actor"), shown), "", o.yes); err != nil {
		return err
	}
	file, err := a.keepReplaced(ctx, in, ids)
	if err != nil {
		return err
	}
	a.note("what is replaced is kept; to undo it: rivet import --replace --yes %s", quoteArg(file))
	return nil
}

// keepReplaced exports actors to a file of the project, else of the working
// directory.
func (a *App) keepReplaced(ctx context.Context, in *client.Inspector, ids []string) (string, error) {
	dir, name := a.Cwd, "rivet-replaced-"
	if project, err := client.FindProject(a.Cwd, a.env["HOME"]); err == nil && project != "" {
		if info, err := os.Stat(filepath.Join(project, ".rivet")); err == nil && info.IsDir() {
			dir, name = filepath.Join(project, ".rivet"), "replaced-"
		}
	}
	name += a.now().UTC().Format("20060102T150405") + "-*.jsonl"
	f, err := os.CreateTemp(dir, name) // 0600: states may hold secrets
	if err != nil {
		return "", errs.Wrap(errs.Usage, err, "what is replaced can't be kept in %s", dir)
	}
	for _, id := range ids {
		if err = in.Export(ctx, id, "", func(line []byte) error {
			_, err := f.Write(append(line, '\n'))
			return err
		}); err != nil && !errs.Is(err, errs.ActorNotFound) {
			return "", errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("keep what is replaced: %w", err)
	}
	if rel, err := filepath.Rel(a.Cwd, f.Name()); err == nil && filepath.IsLocal(rel) {
		return rel, nil
	}
	return f.Name(), nil
}

// tally prints what became of each line, and counts.
type tally struct {
	a      *App
	o      importOptions
	counts map[string]int
	lines  int
}

func (t *tally) print(ctx context.Context, r inspect.Imported) error {
	t.counts[r.Result]++
	t.lines++
	a := t.a
	if a.global.json {
		return a.printJSONLine(ctx, r)
	}
	name := ""
	if r.Type != "" {
		name = actorName(r.Type, r.Key)
	}
	why := ""
	if r.Error != nil {
		why = fmt.Sprintf("line %d: %s [%s]", r.Line, r.Error.Message, r.Error.Code)
	}
	if !a.OutTTY {
		_, err := fmt.Fprintf(a.Out, "%s\t%s\t%s\t%s\n", r.Result, oneLine.Replace(name), r.ID, oneLine.Replace(why))
		return err
	}
	p := painter(a.colorOut())
	paint := map[string]func(string) string{"created": p.green, "replaced": p.yellow, "failed": p.red}[r.Result]
	if paint == nil {
		paint = p.dim
	}
	_, err := fmt.Fprintf(a.Out, "%s  %s\n", paint(fmt.Sprintf("%-8s", r.Result)), strings.TrimSpace(safe.Text(oneLine.Replace(name+"  "+why))))
	return err
}

// sum says how much was done.
func (t *tally) sum() {
	if t.lines == 0 {
		t.a.note("there was nothing to import")
		return
	}
	var parts []string
	for _, result := range []string{"created", "replaced", "skipped", "failed"} {
		if n := t.counts[result]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, result))
		}
	}
	text := strings.Join(parts, ", ")
	if t.o.dryRun {
		text += "; nothing was changed: this was a dry run"
	}
	t.a.note("%s", text)
}
