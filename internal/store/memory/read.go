package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/store"
)

// Lookup finds an actor by id.
func (s *Store) Lookup(ctx context.Context, id actor.ID) (actor.Ref, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.actors[id]
	if err := s.usable(ctx); err != nil || r == nil {
		return actor.Ref{}, false, err
	}
	return r.Ref, true, nil
}

// ReadImage reads an actor without taking its lease; nil if there is none.
func (s *Store) ReadImage(ctx context.Context, id actor.ID) (*actor.Image, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.image(id), nil
}

// Alarms lists the alarms due at t.
func (s *Store) Alarms(ctx context.Context, t time.Time, limit int) ([]actor.Alarm, error) {
	ms := t.UnixMilli()
	list, err := s.sorted(ctx, func(a *actor.Alarm) bool { return !a.Failed && a.At.UnixMilli() <= ms })
	return list[:min(len(list), limit)], err
}

// AlarmsOf lists an actor's alarms, the failed ones too.
func (s *Store) AlarmsOf(ctx context.Context, id actor.ID) ([]actor.Alarm, error) {
	return s.sorted(ctx, func(a *actor.Alarm) bool { return a.Actor == id })
}

// NextAlarm is the time of the first alarm after t.
func (s *Store) NextAlarm(ctx context.Context, t time.Time) (time.Time, bool, error) {
	ms := t.UnixMilli()
	list, err := s.sorted(ctx, func(a *actor.Alarm) bool { return !a.Failed && a.At.UnixMilli() > ms })
	if err != nil || len(list) == 0 {
		return time.Time{}, false, err
	}
	return list[0].At, true, nil
}

func (s *Store) sorted(ctx context.Context, keep func(*actor.Alarm) bool) ([]actor.Alarm, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var list []actor.Alarm
	for _, a := range s.alarms {
		if keep(&a) {
			a.At = time.UnixMilli(a.At.UnixMilli())
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b actor.Alarm) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq))
	})
	return list, nil
}

// List lists actors by type and then by creation.
func (s *Store) List(ctx context.Context, o store.ListOptions) ([]store.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var list []store.Row
	var last *actor.Ref // no row behind it is of the page
	page := o.PageSize()
	byOrder := func(a, b store.Row) int { return order(a.Ref, b.Ref) }
	for _, r := range s.actors {
		if o.Type != "" && r.Ref.Name != o.Type || o.After != nil && order(r.Ref, *o.After) <= 0 {
			continue
		}
		if last != nil && order(r.Ref, *last) > 0 {
			continue
		}
		if len(list)/2 >= page { // what is behind the page is left out early: it may be nearly all there is
			slices.SortFunc(list, byOrder)
			list = list[:page]
			end := list[page-1].Ref
			last = &end
		}
		list = append(list, store.Row{Ref: r.Ref, Rev: r.Rev, StateBytes: int64(len(r.Snapshot) + r.patchBytes),
			Patches: len(r.Patches), Conns: len(r.Conns)})
	}
	slices.SortFunc(list, byOrder)
	list = list[:min(len(list), page)]
	at := make(map[actor.ID]int, len(list))
	for i := range list {
		at[list[i].Ref.ID] = i
	}
	for k := range s.alarms {
		if i, ok := at[k.actor]; ok {
			list[i].Alarms++
		}
	}
	return list, nil
}

func order(a, b actor.Ref) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// Count is the number of actors of each type.
func (s *Store) Count(ctx context.Context) (map[string]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, r := range s.actors {
		counts[r.Ref.Name]++
	}
	return counts, s.usable(ctx)
}

// GetMeta reads what SetMeta stored under name; "" if nothing.
func (s *Store) GetMeta(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta[name], s.usable(ctx)
}

// SetMeta stores text under name.
func (s *Store) SetMeta(ctx context.Context, name, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.meta[name] = text
	return nil
}
