package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// lsOptions are what `rivet ls` was asked for.
type lsOptions struct {
	typ, filter, sort string
	limit             int
	types, watch      bool
	server            serverOptions
}

func newLsCommand(a *App) *cobra.Command {
	var o lsOptions
	cmd := &cobra.Command{
		Use:     "ls [TYPE]",
		Aliases: []string{"list"},
		Short:   "List actors, or the types there are",
		Long: `List actors, with what they are doing and how large they are.

A filter is terms side by side, all of which must hold: id, type, key, status,
version (with * for any text), errors, size, conns, queued, rev (with > < >= <=),
a word to look for, and - before a term to turn it round.

In a pipe a line is: actor, status, connections, calls that wait, bytes of state,
errors, revision, last happening, creation, id.`,
		Example: `  rivet ls
  rivet ls counter --sort -activeAt --limit 10
  rivet ls --filter 'key:my* status:awake errors:>0 size:>1MiB conns:>10'
  rivet ls --types
  rivet ls --watch`,
		Args: between(0, 1, "a TYPE at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.typ = args[0]
			}
			if o.limit < 0 {
				return usage("--limit takes a number from 1 up, or 0 for all")
			}
			if o.server.embedded && (o.watch || o.types) {
				return usage("--embedded starts nothing: --watch and --types need a server").pointAt("--embedded")
			}
			if o.types {
				return runLsTypes(cmd.Context(), a, o)
			}
			return runLs(cmd.Context(), a, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.filter, "filter", "", "list those that match `EXPR`")
	f.StringVar(&o.sort, "sort", "", "sort by `FIELD`: activeAt, conns, createdAt, errors, key, queued, rev, stateBytes, status, type; with - before it falling")
	f.IntVar(&o.limit, "limit", 0, "list `N` at most; 0: all")
	f.BoolVar(&o.types, "types", false, "list the types and their actions instead")
	f.BoolVarP(&o.watch, "watch", "w", false, "go on, and show what changes")
	o.server.registerURL(f)
	o.server.registerEmbedded(f)
	return cmd
}

// maxPage is the most that the API gives at once.
const maxPage = 500

func (o *lsOptions) query() client.ActorQuery {
	return client.ActorQuery{Type: o.typ, Filter: o.filter, Sort: o.sort}
}

func runLs(ctx context.Context, a *App, o lsOptions) error {
	if o.watch {
		return watchLs(ctx, a, o)
	}
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	var list inspect.List[inspect.Actor]
	list.Items = []inspect.Actor{}
	for q := o.query(); ; {
		q.Limit = maxPage
		if o.limit > 0 {
			q.Limit = min(maxPage, o.limit-len(list.Items))
		}
		page, err := in.Actors(ctx, q)
		if err != nil {
			return o.explain(err)
		}
		list.Items, list.Next, list.Total = append(list.Items, page.Items...), page.Next, page.Total
		if q.Cursor = page.Next; q.Cursor == "" || len(list.Items) == o.limit {
			break
		}
	}
	if o.typ != "" && len(list.Items) == 0 {
		if err := knownType(ctx, in, o.typ); err != nil {
			return err
		}
	}
	if a.global.json {
		return a.printJSON(ctx, list)
	}
	if err := a.printTable(a.actorTable(list.Items)); err != nil {
		return err
	}
	if total := list.Total; len(list.Items) == 0 && a.OutTTY {
		a.note("there are no actors%s", o.those())
	} else if total != nil && *total > len(list.Items) {
		a.note("%d of %d; --limit 0 lists all", len(list.Items), *total)
	}
	return nil
}

// those says which actors were asked for.
func (o *lsOptions) those() string {
	switch {
	case o.filter != "":
		return " that match; rivet ls lists all"
	case o.typ != "":
		return " of that type; rivet create " + o.typ + "/my-key makes one"
	}
	return " yet; rivet ls --types lists what can be created"
}

// explain points at the flag that the server didn't take.
func (o *lsOptions) explain(err error) error {
	if !errs.Is(err, errs.InvalidRequest) {
		return err
	}
	e := errs.As(err)
	f := &failure{says: errs.New(errs.Usage, "%s", e.Msg).WithHint("%s", e.Hint)}
	if strings.HasPrefix(e.Msg, "sort=") {
		f.says.Msg = "--" + e.Msg
		return f.pointAt(o.sort)
	}
	return f.pointAt(o.filter)
}

// knownType is an error that suggests a name if there is no such type.
func knownType(ctx context.Context, in *client.Inspector, typ string) error {
	types, err := in.Types(ctx)
	if err != nil {
		return err
	}
	if len(types) == 0 {
		return nil // no code is loaded
	}
	names := make([]string, len(types))
	for i, t := range types {
		if names[i] = t.Type; t.Type == typ {
			return nil
		}
	}
	return (&failure{says: errs.New(errs.ActorNotFound, "unknown actor type %q", typ)}).pointAt(typ).
		hint("%s", suggestion(typ, names, "there are: "+strings.Join(names, ", ")))
}

func (a *App) actorTable(list []inspect.Actor) *table {
	t := &table{cols: []column{
		{head: "ACTOR", least: 26}, {head: "STATUS"}, {head: "CONNS", right: true, drop: 2}, {head: "QUEUED", right: true, drop: 4},
		{head: "STATE", right: true}, {head: "ERRORS", right: true, drop: 1}, {head: "REV", right: true, drop: 3}, {head: "ACTIVE"},
		{head: "CREATED", drop: 5}, {head: "ID", drop: 6},
	}}
	for _, x := range list {
		t.add(word(actorName(x.Type, x.Key)), status(x.Status), number(x.Conns), number(x.Queued), size(x.StateBytes),
			count(x.Errors), number(x.Rev), a.when(x.ActiveAt), a.when(x.CreatedAt), word(x.ID))
	}
	return t
}

func status(s inspect.Status) cell {
	c := word(string(s))
	switch s {
	case inspect.Awake:
		c.paint = painter.green
	case inspect.Starting:
		c.paint = painter.cyan
	case inspect.Failed:
		c.paint = painter.red
	default:
		c.paint = painter.dim
	}
	return c
}

// count is a number of errors.
func count(n int) cell {
	c := number(n)
	if n > 0 {
		c.paint = painter.red
	}
	return c
}

// runLsTypes lists the types and the signatures of their actions.
func runLsTypes(ctx context.Context, a *App, o lsOptions) error {
	if o.filter != "" || o.sort != "" || o.watch || o.limit != 0 {
		return usage("--types goes with none of --filter, --sort, --limit and --watch")
	}
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	types, err := in.Types(ctx)
	if err != nil {
		return err
	}
	if o.typ != "" {
		if err := knownType(ctx, in, o.typ); err != nil {
			return err
		}
		kept := types[:0]
		for _, t := range types {
			if t.Type == o.typ {
				kept = append(kept, t)
			}
		}
		types = kept
	}
	if a.global.json {
		return a.printJSON(ctx, types)
	}
	return a.printTypes(types)
}

// printTypes prints a line a type and a line an action on a terminal; in a pipe
// a line an action: type, action, signature, place.
func (a *App) printTypes(types []inspect.Type) error {
	if !a.OutTTY {
		t := &table{cols: make([]column, 4)}
		for _, x := range types {
			for _, act := range x.Actions {
				t.add(word(x.Type), word(act.Name), word(act.Signature), word(place(act.File, act.Line)))
			}
			if len(x.Actions) == 0 {
				t.add(word(x.Type), word(""), word(""), word(place(x.File, x.Line)))
			}
		}
		return a.printTable(t)
	}
	p := painter(a.colorOut())
	var b strings.Builder
	for i, x := range types {
		if i > 0 {
			b.WriteByte('\n')
		}
		about := []string{plural(x.Count, "actor")}
		if at := place(x.File, x.Line); at != "" {
			about = append(about, at)
		}
		b.WriteString(p.bold(safe.Text(x.Type)) + "  " + p.dim(safe.Text(strings.Join(about, "  "))) + "\n")
		for _, act := range x.Actions {
			b.WriteString("  " + p.cyan(safe.Text(oneLine.Replace(act.Name))) + safe.Text(oneLine.Replace(act.Signature)))
			if doc, _, _ := strings.Cut(act.Doc, "\n"); doc != "" {
				b.WriteString("  " + p.dim(safe.Text(doc)))
			}
			b.WriteByte('\n')
		}
	}
	_, err := a.Out.Write([]byte(b.String()))
	return err
}

// place is where something stands in the code, as editors read it.
func place(file string, line int) string {
	if file == "" || line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line)
}
