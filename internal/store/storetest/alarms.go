package storetest

import (
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

func ms(n int64) time.Time { return time.UnixMilli(n) }

// ids are the alarms' ids, which the tests make one letter long.
func ids(list []actor.Alarm) string {
	s := ""
	for _, a := range list {
		s += string(a.ID)
	}
	return s
}

func (w *world) due(at int64, limit int) string {
	w.Helper()
	list, err := w.Alarms(ctx, ms(at), limit)
	w.ok(err)
	return ids(list)
}

func testAlarms(w *world) {
	if _, ok, err := w.NextAlarm(ctx, ms(0)); ok || err != nil {
		w.Errorf("NextAlarm of nothing: %v, %v", ok, err)
	}
	a, b := ref("counter", "a"), ref("counter", "b")
	la, lb := w.create(a), w.create(b)
	set := func(l actor.Lease, id string, at int64, failed bool) {
		w.Helper()
		w.ok(w.commit(&actor.Batch{Lease: l, Alarms: []actor.Alarm{{ID: actor.AlarmID(id), At: ms(at), Action: "do" + id, Failed: failed}}}))
	}
	set(la, "a", 20, false)
	set(lb, "b", 10, false)
	set(la, "c", 20, false)
	set(lb, "d", 20, false)
	set(la, "e", 5, true)
	set(lb, "f", 30, false)
	set(lb, "g", -1000, false)
	w.again()
	_, la = w.acquire(a.ID)
	_, lb = w.acquire(b.ID)
	w.same("due at 20", w.due(20, 100), "gbacd")
	w.same("the first two", w.due(20, 2), "gb")
	w.same("none", w.due(20, 0), "")
	w.same("due at 9", w.due(9, 100), "g")
	for after, want := range map[int64]int64{-2000: -1000, 0: 10, 10: 20, 20: 30} {
		at, ok, err := w.NextAlarm(ctx, ms(after))
		if err != nil || !ok || !at.Equal(ms(want)) {
			w.Errorf("NextAlarm(%d) = %v, %v, %v; want %d", after, at, ok, err, want)
		}
	}
	if _, ok, err := w.NextAlarm(ctx, ms(30)); ok || err != nil {
		w.Errorf("NextAlarm(30): %v, %v", ok, err)
	}
	set(la, "a", 20, false) // set again: behind its equals
	set(lb, "g", 20, true)
	w.ok(w.commit(&actor.Batch{Lease: lb, AlarmsRemoved: []actor.AlarmID{"d", "nothing"}}))
	set(la, "h", 20, false)
	w.same("after changes", w.due(20, 100), "bcah")
	set(lb, "g", 1, false) // tried again
	w.same("after a retry", w.due(20, 100), "gbcah")
	list, err := w.AlarmsOf(ctx, a.ID)
	w.ok(err)
	w.same("alarms of a", ids(list), "ecah")
	if len(list) != 4 || !list[0].Failed || list[0].Actor != a.ID || list[0].Action != "doe" || list[1].Seq >= list[2].Seq {
		w.Errorf("alarms of a: %+v", list)
	}
}

func testAlarmOwners(w *world) {
	la, lb := w.create(ref("counter", "a")), w.create(ref("counter", "b"))
	same := func(l actor.Lease, attempt int, msg string) {
		w.ok(w.commit(&actor.Batch{Lease: l, Alarms: []actor.Alarm{{ID: "x", At: ms(1), Actor: "of the lease", Attempt: attempt, Error: msg}}}))
	}
	same(la, 1, "boom")
	same(lb, 0, "")
	w.ok(w.commit(&actor.Batch{Lease: lb, AlarmsRemoved: []actor.AlarmID{"x"}}))
	w.again()
	list, err := w.Alarms(ctx, ms(1), 10)
	w.ok(err)
	if len(list) != 1 || list[0].Actor != la.ID || list[0].Attempt != 1 || list[0].Error != "boom" {
		w.Errorf("alarms: %+v", list)
	}
}
