package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// actorRows is the data of the topic actors.
type actorRows struct {
	Total int             `json:"total"`
	Items []inspect.Actor `json:"items"`
}

// watchLs shows the list as it changes: on a terminal in place, in a pipe a
// line for each actor that is new or changed, with --json the list, a line each
// time.
func watchLs(ctx context.Context, a *App, o lsOptions) error {
	window := &inspect.Window{To: maxPage}
	if o.limit > 0 {
		window.To = min(maxPage, o.limit)
	}
	if a.OutTTY && !a.global.json {
		a.measure()
		if a.Height > 3 {
			window.To = min(window.To, a.Height-3)
		}
	}
	drawn := &picture{a: a}
	var before []inspect.Actor
	err := a.follow(ctx, o.server, topic{
		name: inspect.TopicActors, query: inspect.Query{Type: o.typ, Q: o.filter, Sort: o.sort}, window: window,
		told: func(_ *client.Inspector, _ string, u client.Update) error {
			var rows actorRows
			if err := u.Decode(&rows); err != nil {
				return err
			}
			old := before
			before = rows.Items
			switch {
			case a.global.json:
				return a.printJSONLine(ctx, inspect.List[inspect.Actor]{Items: rows.Items, Total: &rows.Total})
			case a.OutTTY:
				return a.drawActors(drawn, rows)
			}
			return a.printTable(a.actorTable(changed(old, rows.Items)))
		},
	})
	return o.explain(err)
}

// drawActors draws the list in place of the last one.
func (a *App) drawActors(on *picture, rows actorRows) error {
	a.measure()
	t := a.actorTable(rows.Items)
	if len(rows.Items) == 0 {
		return on.draw("there are no actors\n", 1)
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	a.drawTable(w, t)
	if more := rows.Total - len(rows.Items); more > 0 {
		fmt.Fprintf(w, "%s\n", painter(a.colorOut()).dim(fmt.Sprintf("… %d more", more)))
	}
	_ = w.Flush() // into memory
	return on.draw(b.String(), bytes.Count(b.Bytes(), []byte("\n")))
}

// changed are the actors of now that are new or different.
func changed(old, now []inspect.Actor) []inspect.Actor {
	by := make(map[string]*inspect.Actor, len(old))
	for i := range old {
		by[old[i].ID] = &old[i]
	}
	var out []inspect.Actor
	for _, x := range now {
		was := by[x.ID]
		if was == nil || was.Status != x.Status || was.Rev != x.Rev || was.Conns != x.Conns || was.Queued != x.Queued ||
			was.Errors != x.Errors || was.ActiveAt != x.ActiveAt || !slices.Equal(was.Key, x.Key) {
			out = append(out, x)
		}
	}
	return out
}
