package studio

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// maxAlarms is how many scheduled actions a look over all actors takes in.
const maxAlarms = 5000

// schedule is GET /schedule?actor.
func (s *Studio) schedule(q *request) error {
	from, limit, err := q.page(100)
	if err != nil {
		return err
	}
	all, err := s.alarms(q.Context(), actor.ID(q.URL.Query().Get("actor")))
	if err != nil {
		return err
	}
	total := len(all)
	all = all[min(from, total):min(from+limit, total)]
	return q.json(http.StatusOK, inspect.List[inspect.Alarm]{Items: all, Total: &total, Next: nextPage(from+len(all), total)})
}

// alarms are the scheduled actions of one actor, or of all, by time.
func (s *Studio) alarms(ctx context.Context, id actor.ID) ([]inspect.Alarm, error) {
	if id != "" {
		ref, err := s.o.Engine.Lookup(ctx, id)
		if err != nil {
			return nil, err
		}
		list, err := s.o.Store.AlarmsOf(ctx, id)
		return s.alarmList(list, map[actor.ID]actor.Ref{id: ref}), err
	}
	rows, err := s.o.Store.Rows(ctx, nil, maxList)
	var list []actor.Alarm
	refs := map[actor.ID]actor.Ref{}
	for err == nil && len(rows) > 0 && len(list) < maxAlarms {
		for i := range rows {
			if rows[i].Alarms == 0 {
				continue
			}
			of, aerr := s.o.Store.AlarmsOf(ctx, rows[i].Ref.ID)
			if aerr != nil {
				return nil, aerr
			}
			refs[rows[i].Ref.ID] = rows[i].Ref
			list = append(list, of...)
		}
		rows, err = s.o.Store.Rows(ctx, &rows[len(rows)-1].Ref, maxList)
	}
	return s.alarmList(list, refs), err
}

func (s *Studio) alarmList(list []actor.Alarm, refs map[actor.ID]actor.Ref) []inspect.Alarm {
	out := make([]inspect.Alarm, 0, len(list))
	for _, a := range list {
		ref := refs[a.Actor]
		al := inspect.Alarm{
			ID: string(a.ID), Actor: string(a.Actor), Type: ref.Name, Key: ref.Key, Action: a.Action,
			Args: *shorten(&value.Array{Items: a.Args}, false), Due: a.At.UnixMilli(), Attempt: a.Attempt,
			Status: inspect.AlarmPending, LastError: a.Error,
		}
		switch {
		case s.o.Engine.AlarmRuns(a.ID):
			al.Status = inspect.AlarmRunning
		case a.Failed:
			al.Status = inspect.AlarmFailed
		case a.Attempt > 0:
			al.Status = inspect.AlarmRetrying
		}
		out = append(out, al)
	}
	slices.SortStableFunc(out, func(a, b inspect.Alarm) int { return cmp.Compare(a.Due, b.Due) })
	return out
}

// runAlarm, retryAlarm and cancelAlarm are POST …/run, POST …/retry and DELETE of /schedule/:id.
func (s *Studio) runAlarm(q *request) error    { return s.onAlarm(q, s.o.Engine.RunAlarm) }
func (s *Studio) retryAlarm(q *request) error  { return s.onAlarm(q, s.o.Engine.RetryAlarm) }
func (s *Studio) cancelAlarm(q *request) error { return s.onAlarm(q, s.o.Engine.CancelAlarm) }

// onAlarm finds whose the alarm is; ?actor spares the search.
func (s *Studio) onAlarm(q *request, f func(context.Context, actor.ID, actor.AlarmID) error) error {
	alarm := q.PathValue("alarm")
	all, err := s.alarms(q.Context(), actor.ID(q.URL.Query().Get("actor")))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a inspect.Alarm) bool { return a.ID == alarm })
	if i < 0 {
		return notFound("There is no scheduled action %s.", alarm)
	}
	if err := f(q.Context(), actor.ID(all[i].Actor), actor.AlarmID(alarm)); err != nil {
		return err
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}
