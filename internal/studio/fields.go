package studio

import (
	"maps"
	"slices"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// ActorFields and EntryFields are the names that filters of actors and of the
// history know; they and the lists below are for those who complete what is typed.
func ActorFields() []string { return slices.Sorted(maps.Keys(actorFields)) }

// EntryFields are those of the history and of logs.
func EntryFields() []string { return slices.Sorted(maps.Keys(entryFields)) }

// ActorSorts are what actors may be sorted by.
func ActorSorts() []string { return slices.Sorted(maps.Keys(orders)) }

// ActorStatuses are the values of the field status.
func ActorStatuses() []string {
	return []string{string(inspect.Awake), string(inspect.Sleeping), string(inspect.Starting), string(inspect.Failed)}
}

// EntryKinds are the values of the field kind.
func EntryKinds() []string {
	var out []string
	for _, k := range []inspect.Kind{
		inspect.KindCreate, inspect.KindStart, inspect.KindSleep, inspect.KindReload, inspect.KindConnect, inspect.KindDisconnect,
		inspect.KindSubscribe, inspect.KindUnsubscribe, inspect.KindAction, inspect.KindEvent, inspect.KindSchedule,
		inspect.KindLog, inspect.KindError, inspect.KindState, inspect.KindDestroy,
	} {
		out = append(out, string(k))
	}
	return out
}
