package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newScheduleCommand(a *App) *cobra.Command {
	var server serverOptions
	cmd := &cobra.Command{
		Use:   "schedule [ACTOR]",
		Short: "List scheduled actions; run, cancel or retry one",
		Long: `List the scheduled actions of an actor, or of all, by time. In a pipe a line is:
id, actor, action, arguments, due time, status, attempts, last error.`,
		Example: `  rivet schedule
  rivet schedule reminder/bob --json
  rivet schedule run 3f2a
  rivet schedule --jq '.items[] | select(.status == "failed") | .id'`,
		Args: between(0, 1, "an ACTOR at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			in, err := a.inspect(ctx, server)
			if err != nil {
				return err
			}
			id := ""
			if len(args) > 0 {
				s, err := parseSubject(args[0])
				if err != nil {
					return err
				}
				x, err := a.find(ctx, in, s)
				if err != nil {
					return err
				}
				id = x.ID
			}
			return runSchedule(ctx, a, in, id)
		},
	}
	server.registerURL(cmd.Flags())
	cmd.AddCommand(
		newAlarmCommand(a, alarmCommand{name: "run", done: "ran", do: (*client.Inspector).RunAlarm,
			short: "Run a scheduled action now", long: "Run a scheduled action now, and wait for it. That it fails is the error."}),
		newAlarmCommand(a, alarmCommand{name: "cancel", done: "cancelled", do: (*client.Inspector).CancelAlarm,
			short: "Take an action off the schedule", long: "Take an action off the schedule. It can be scheduled anew by the actor alone."}),
		newAlarmCommand(a, alarmCommand{name: "retry", done: "scheduled anew", do: (*client.Inspector).RetryAlarm,
			short: "Schedule an action that failed anew", long: "Schedule an action that has failed for good anew, at once."}),
	)
	return cmd
}

func runSchedule(ctx context.Context, a *App, in *client.Inspector, id string) error {
	list, err := in.Schedule(ctx, id)
	if err != nil {
		return err
	}
	if a.global.json {
		total := len(list)
		if list == nil {
			list = []inspect.Alarm{}
		}
		return a.printJSON(ctx, inspect.List[inspect.Alarm]{Items: list, Total: &total})
	}
	if len(list) == 0 && a.OutTTY {
		a.note("nothing is scheduled")
	}
	return a.printTable(a.alarmTable(list))
}

func (a *App) alarmTable(list []inspect.Alarm) *table {
	t := &table{cols: []column{
		{head: "ID"}, {head: "ACTOR", least: 16}, {head: "ACTION", least: 10}, {head: "ARGS", least: 8, drop: 3}, {head: "DUE"},
		{head: "STATUS"}, {head: "TRIES", right: true, drop: 2}, {head: "LAST ERROR", least: 20, drop: 1},
	}}
	for _, x := range list {
		t.add(cell{text: short(x.ID), plain: x.ID}, word(actorName(x.Type, x.Key)), word(x.Action), word(briefly(x.Args.Tree)), a.when(x.Due),
			alarmStatus(x.Status), number(x.Attempt), word(x.LastError).painted(painter.red))
	}
	return t
}

func alarmStatus(s inspect.AlarmStatus) cell {
	c := word(string(s))
	switch s {
	case inspect.AlarmFailed:
		c.paint = painter.red
	case inspect.AlarmRetrying:
		c.paint = painter.yellow
	case inspect.AlarmRunning:
		c.paint = painter.green
	}
	return c
}

// alarmCommand is what run, cancel and retry differ in.
type alarmCommand struct {
	name, done, short, long string
	do                      func(*client.Inspector, context.Context, string) error
}

func newAlarmCommand(a *App, c alarmCommand) *cobra.Command {
	var server serverOptions
	cmd := &cobra.Command{
		Use:     c.name + " ID",
		Short:   c.short,
		Long:    c.long + "\nID is its id, or as much of it as no other begins with.",
		Example: "  rivet schedule " + c.name + " 3f2a\n  rivet schedule " + c.name + " 3f2a --json",
		Args:    exactly(1, "the ID of a scheduled action"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			in, err := a.inspect(ctx, server)
			if err != nil {
				return err
			}
			x, err := findAlarm(ctx, in, args[0])
			if err != nil {
				return err
			}
			if err := c.do(in, ctx, x.ID); err != nil {
				return err
			}
			if a.global.json {
				return a.printJSON(ctx, x)
			}
			return a.printDone(c.done, x.ID)
		},
	}
	server.registerURL(cmd.Flags())
	return cmd
}

// findAlarm is the scheduled action whose id begins with typed.
func findAlarm(ctx context.Context, in *client.Inspector, typed string) (inspect.Alarm, error) {
	list, err := in.Schedule(ctx, "")
	if err != nil {
		return inspect.Alarm{}, err
	}
	by := make(map[string]inspect.Alarm, len(list))
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i], by[x.ID] = x.ID, x
	}
	id, err := unique(typed, ids, "scheduled action")
	return by[id], err
}
