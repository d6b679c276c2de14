package storetest

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/rivetdev/rivet/internal/actor"
)

// modelActor is one actor as a store should have it.
type modelActor struct {
	ref         actor.Ref
	lease       actor.Lease
	exists      bool
	initialized bool
	rev         uint64
	state       string
	conns       []string
	alarms      map[string]modelAlarm
}

type modelAlarm struct {
	at  int64
	seq int
}

// testModel compares a store with maps under random batches, leases, removals
// and reopenings. One store serves all examples, under other names.
func testModel(w *world) {
	example := 0
	rapid.Check(w, func(t *rapid.T) {
		example++
		m := &model{w: w, t: t}
		for i := range 3 {
			r := ref(fmt.Sprintf("m%d", example), fmt.Sprint(i))
			m.actors = append(m.actors, &modelActor{ref: r})
			m.acquire(m.actors[i])
		}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			a := m.actors[rapid.IntRange(0, 2).Draw(t, "actor")]
			switch rapid.IntRange(0, 19).Draw(t, "step") {
			case 0, 1:
				m.acquire(a)
			case 2:
				w.ok(w.Destroy(ctx, a.ref.ID))
				*a = modelActor{ref: a.ref}
				m.acquire(a)
			case 3:
				if rapid.IntRange(0, 9).Draw(t, "reopen") == 0 {
					w.again()
					for _, a := range m.actors {
						m.acquire(a)
					}
				}
			default:
				m.commit(a)
			}
		}
		for _, a := range m.actors {
			m.acquire(a)
			m.checkAlarms(a)
		}
	})
}

type model struct {
	w      *world
	t      *rapid.T
	actors []*modelActor
	seq    int
}

// acquire takes a new lease and compares the image.
func (m *model) acquire(a *modelActor) {
	img, l := m.w.acquire(a.ref.ID)
	a.lease = l
	if !a.exists {
		if img != nil {
			m.t.Fatalf("an image of %v, which does not exist: %+v", a.ref, img)
		}
		return
	}
	if img == nil {
		m.t.Fatalf("no image of %v", a.ref)
	}
	var conns []string
	for _, c := range img.Conns {
		conns = append(conns, string(c.ID)+string(c.State))
	}
	got := fmt.Sprint(state(img), img.Rev, img.Initialized, conns)
	if want := fmt.Sprint(a.state, a.rev, a.initialized, a.conns); got != want {
		m.t.Fatalf("image of %v:\n got %s\nwant %s", a.ref, got, want)
	}
}

func (m *model) checkAlarms(a *modelActor) {
	list, err := m.w.AlarmsOf(ctx, a.ref.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	var want []string
	for id := range a.alarms {
		want = append(want, id)
	}
	slices.SortFunc(want, func(x, y string) int {
		if d := a.alarms[x].at - a.alarms[y].at; d != 0 {
			return int(d)
		}
		return a.alarms[x].seq - a.alarms[y].seq
	})
	if got := ids(list); got != strings.Join(want, "") {
		m.t.Fatalf("alarms of %v: %q, want %q", a.ref, got, want)
	}
}

// commit draws a batch, applies it to the model, and hands it in.
func (m *model) commit(a *modelActor) {
	t, b := m.t, &actor.Batch{Lease: a.lease}
	if !a.exists {
		b.Create = &a.ref
		*a = modelActor{ref: a.ref, lease: a.lease, exists: true, state: "none", alarms: map[string]modelAlarm{}}
	}
	a.rev++
	if rapid.IntRange(0, 3).Draw(t, "initialized") == 0 {
		b.Initialized, a.initialized = true, true
	}
	if rapid.IntRange(0, 4).Draw(t, "snapshot") == 0 {
		b.Snapshot = []byte(fmt.Sprintf("s%d;", a.rev))
		a.state = string(b.Snapshot)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "patches") {
		p := fmt.Sprintf("%d.%d;", a.rev, i)
		b.Patches = append(b.Patches, []byte(p))
		a.state = strings.TrimPrefix(a.state, "none") + p
	}
	name := rapid.SampledFrom([]string{"a", "b", "c"})
	for _, id := range rapid.SliceOfN(name, 0, 2).Draw(t, "conns removed") {
		b.ConnsRemoved = append(b.ConnsRemoved, actor.ConnID(id))
		a.conns = slices.DeleteFunc(a.conns, func(c string) bool { return strings.HasPrefix(c, id) })
	}
	for _, id := range rapid.SliceOfN(name, 0, 2).Draw(t, "conns") {
		st := fmt.Sprint(a.rev)
		b.Conns = append(b.Conns, actor.ConnState{ConnInfo: actor.ConnInfo{ID: actor.ConnID(id)}, HasState: true, State: []byte(st)})
		if i := slices.IndexFunc(a.conns, func(c string) bool { return strings.HasPrefix(c, id) }); i >= 0 {
			a.conns[i] = id + st
		} else {
			a.conns = append(a.conns, id+st)
		}
	}
	for _, id := range rapid.SliceOfN(name, 0, 2).Draw(t, "alarms removed") {
		b.AlarmsRemoved = append(b.AlarmsRemoved, actor.AlarmID(id))
		delete(a.alarms, id)
	}
	for _, id := range rapid.SliceOfN(name, 0, 2).Draw(t, "alarms") {
		at := rapid.Int64Range(0, 3).Draw(t, "at")
		m.seq++
		b.Alarms = append(b.Alarms, actor.Alarm{ID: actor.AlarmID(id), At: ms(at)})
		a.alarms[id] = modelAlarm{at, m.seq}
	}
	if err := m.w.commit(b); err != nil {
		t.Fatal(err)
	}
}
