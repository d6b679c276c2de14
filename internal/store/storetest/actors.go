package storetest

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store"
	"github.com/rivetdev/rivet/internal/value"
)

func testCreate(w *world) {
	r := ref("counter", "a")
	if _, ok, err := w.Lookup(ctx, r.ID); ok || err != nil {
		w.Fatalf("Lookup before: %v, %v", ok, err)
	}
	img, l := w.acquire(r.ID)
	if img != nil {
		w.Fatalf("image before: %+v", img)
	}
	w.ok(w.commit(&actor.Batch{Lease: l, Create: &r, Input: float64(7)}))
	w.ok(w.commit(&actor.Batch{Lease: l, Initialized: true, Snapshot: []byte("s")}))
	w.ok(w.commit(&actor.Batch{Lease: l, Patches: [][]byte{[]byte("1")}}))
	w.again()
	want := &actor.Image{Ref: r, Input: float64(7), Snapshot: []byte("s"), Patches: [][]byte{[]byte("1")}, Rev: 3, Initialized: true}
	got, ok, err := w.Lookup(ctx, r.ID)
	if !ok || err != nil {
		w.Fatalf("Lookup: %v, %v", ok, err)
	}
	w.same("ref", got, r)
	w.same("image read", w.read(r.ID), want)
	img, l = w.acquire(r.ID)
	w.same("image acquired", img, want)
	w.code(w.commit(&actor.Batch{Lease: l, Create: &r}), errs.ActorAlreadyExists)
}

func testStrangeIDs(w *world) {
	for _, id := range []actor.ID{"", "x", "0123456789ABCDEF", "0123456789abcdeg", "0123456789abcdef0", "ffffffffffffffff"} {
		if _, ok, err := w.Lookup(ctx, id); ok || err != nil {
			w.Errorf("Lookup(%q) = %v, %v", id, ok, err)
		}
		if img, err := w.ReadImage(ctx, id); img != nil || err != nil {
			w.Errorf("ReadImage(%q) = %v, %v", id, img, err)
		}
		img, l, err := w.Acquire(ctx, id)
		if img != nil || err != nil {
			w.Errorf("Acquire(%q) = %v, %v", id, img, err)
		}
		if w.commit(&actor.Batch{Lease: l, Patches: [][]byte{{1}}}) == nil {
			w.Errorf("committed to %q, which does not exist", id)
		}
		w.ok(w.Destroy(ctx, id))
	}
}

func testOddKeys(w *world) {
	keys := []actor.Key{{}, {""}, {"", ""}, {"a/b", "a", "b"}, {"\x00"}, {"ä", "a\u0308"}, {"\"'`;--\\"}, {"\ud7ff\U0001f600"},
		{"\xed\xa0\x80"}, {strings.Repeat("ü", 128)}, {"\n\r\t"}, {"%s", "null", "[]"}}
	refs := map[actor.ID]actor.Ref{}
	for _, name := range []string{"counter", "", "café \x00'"} {
		for _, k := range keys {
			r := actor.Ref{ID: actor.IDOf(name, k), Name: name, Key: k, Region: "eu'\x00", CreatedAt: time.UnixMilli(0)}
			if _, ok := refs[r.ID]; ok {
				w.Fatalf("two keys have id %s", r.ID)
			}
			refs[r.ID] = r
			w.create(r)
		}
	}
	w.again()
	for id, want := range refs {
		got, ok, err := w.Lookup(ctx, id)
		if !ok || err != nil {
			w.Fatalf("Lookup(%+v): %v, %v", want, ok, err)
		}
		w.same("ref", got, want)
	}
}

func testValues(w *world) {
	for i, v := range []value.Value{nil, value.Undefined{}, true, math.Inf(-1), "\xed\xa0\x80", "",
		big.NewInt(1).Lsh(big.NewInt(1), 90), &value.Array{Items: []value.Value{value.Undefined{}, value.Hole{}, nil}},
		&value.Map{Entries: [][2]value.Value{{float64(1), "x"}}}, &value.Bytes{Kind: value.Float32Array, Data: make([]byte, 8)},
		&value.Object{NullProto: true, Keys: []string{"a"}, Vals: []value.Value{nil}}} {
		r := ref("counter", fmt.Sprint(i))
		_, l := w.acquire(r.ID)
		at := time.UnixMilli(5)
		w.ok(w.commit(&actor.Batch{Lease: l, Create: &r, Input: v,
			Conns:  []actor.ConnState{{ConnInfo: actor.ConnInfo{ID: "c", Params: v, Auth: v}, Subscriptions: []string{}}},
			Alarms: []actor.Alarm{{ID: "al", At: at, Args: []value.Value{v, v}}}}))
		w.again()
		img := w.read(r.ID)
		w.same("input", img.Input, v)
		w.same("params", img.Conns[0].Params, v)
		w.same("auth", img.Conns[0].Auth, v)
		alarms, err := w.AlarmsOf(ctx, r.ID)
		w.ok(err)
		w.same("args", alarms[0].Args, []value.Value{v, v})
	}
}

func testPatchOrder(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	want := ""
	res := make(chan error, 300)
	for i := range 300 {
		b := &actor.Batch{Lease: l}
		if i%97 == 0 {
			want = fmt.Sprintf("s%d;", i)
			b.Snapshot = []byte(want)
		}
		for j := range i % 4 {
			p := fmt.Sprintf("%d.%d;", i, j)
			want += p
			b.Patches = append(b.Patches, []byte(p))
		}
		w.Commit(b, func(err error) { res <- err })
	}
	for range 300 {
		w.ok(w.wait(res))
	}
	w.same("state", state(w.read(r.ID)), want)
	w.again()
	img, l := w.acquire(r.ID)
	w.same("state after reopening", state(img), want)
	w.same("rev", img.Rev, uint64(301))
	w.ok(w.commit(&actor.Batch{Lease: l, Patches: [][]byte{[]byte("end")}}))
	w.same("state at the end", state(w.read(r.ID)), want+"end")
}

func testLargeRows(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	big, patch := bytes.Repeat([]byte("0123456789abcdef"), 1<<20), bytes.Repeat([]byte("p"), 3<<20)
	w.ok(w.commit(&actor.Batch{Lease: l, Snapshot: big}))
	w.ok(w.commit(&actor.Batch{Lease: l, Patches: [][]byte{patch, patch}}))
	w.again()
	img, l := w.acquire(r.ID)
	if got := state(img); got != string(big)+string(patch)+string(patch) {
		w.Errorf("a state of %d bytes came back as %d others", len(big)+2*len(patch), len(got))
	}
	w.ok(w.commit(&actor.Batch{Lease: l, Snapshot: []byte{}}))
	img = w.read(r.ID)
	if img.Snapshot == nil || len(img.Snapshot) != 0 || len(img.Patches) != 0 {
		w.Errorf("after an empty snapshot: %v, %d patches", img.Snapshot, len(img.Patches))
	}
}

func testEmptyBatch(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	w.ok(w.commit(&actor.Batch{Lease: l}))
	w.ok(w.commit(&actor.Batch{Lease: l, Initialized: true}))
	w.ok(w.commit(&actor.Batch{Lease: l, Patches: [][]byte{[]byte("x")}}))
	w.ok(w.commit(&actor.Batch{Lease: l, Initialized: true, Patches: [][]byte{[]byte("y")}}))
	w.again()
	img := w.read(r.ID)
	if img.Rev != 5 || !img.Initialized || state(img) != "xy" {
		w.Errorf("rev %d, initialized %v, state %q; want 5, true, xy", img.Rev, img.Initialized, state(img))
	}
}

func testConns(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	conn := func(id string, subs ...string) actor.ConnState {
		return actor.ConnState{ConnInfo: actor.ConnInfo{ID: actor.ConnID(id), Params: value.Undefined{}, Auth: "me", Transport: actor.SSE},
			Token: "t" + id, HasState: true, State: []byte("s" + id), Subscriptions: append([]string{}, subs...)}
	}
	a, b, c := conn("a"), conn("b", "e\x00", ""), conn("c")
	w.ok(w.commit(&actor.Batch{Lease: l, Conns: []actor.ConnState{a, b}}))
	w.ok(w.commit(&actor.Batch{Lease: l, Conns: []actor.ConnState{c}, ConnsRemoved: []actor.ConnID{"b", "nobody"}}))
	a.HasState, a.State, a.Gone = false, nil, true
	// What is removed and put by one batch is there.
	w.ok(w.commit(&actor.Batch{Lease: l, Conns: []actor.ConnState{a, b}, ConnsRemoved: []actor.ConnID{"b"}}))
	w.again()
	w.same("connections", w.read(r.ID).Conns, []actor.ConnState{a, c, b})
	_, l = w.acquire(r.ID)
	w.ok(w.commit(&actor.Batch{Lease: l, ConnsRemoved: []actor.ConnID{"a", "b", "c"}}))
	w.same("no connections", len(w.read(r.ID).Conns), 0)
}

func testDestroy(w *world) {
	r, other := ref("counter", "a"), ref("counter", "b")
	l, lo := w.create(r), w.create(other)
	full := func(l actor.Lease) *actor.Batch {
		return &actor.Batch{Lease: l, Snapshot: []byte("s"), Patches: [][]byte{[]byte("p")},
			Conns: []actor.ConnState{{ConnInfo: actor.ConnInfo{ID: "c"}}}, Alarms: []actor.Alarm{{ID: "al", At: time.UnixMilli(1)}}}
	}
	w.ok(w.commit(full(l)))
	w.ok(w.commit(full(lo)))
	w.ok(w.Destroy(ctx, r.ID))
	if err := w.commit(full(l)); err == nil {
		w.Error("a destroyed actor took a batch")
	}
	w.again()
	if img, err := w.ReadImage(ctx, r.ID); img != nil || err != nil {
		w.Errorf("image after Destroy: %v, %v", img, err)
	}
	due, err := w.Alarms(ctx, time.UnixMilli(10), 10)
	if err != nil || len(due) != 1 || due[0].Actor != other.ID {
		w.Errorf("alarms after Destroy: %+v, %v", due, err)
	}
	w.same("the other's state", state(w.read(other.ID)), "sp")
	w.create(r)
	if img := w.read(r.ID); img.Rev != 1 || state(img) != "none" || len(img.Conns) != 0 {
		w.Errorf("an actor made anew: %+v", img)
	}
}

func testList(w *world) {
	for i := range 5 {
		for _, name := range []string{"b", "a"} {
			r := ref(name, fmt.Sprint(i))
			r.CreatedAt = time.UnixMilli(int64(100 - i/2))
			l := w.create(r)
			w.ok(w.commit(&actor.Batch{Lease: l, Snapshot: []byte("1234"), Patches: [][]byte{[]byte("56"), []byte("7")},
				Conns: []actor.ConnState{{ConnInfo: actor.ConnInfo{ID: "c"}}}, Alarms: []actor.Alarm{{ID: "al", At: time.UnixMilli(1)}}}))
		}
	}
	counts, err := w.Count(ctx)
	w.ok(err)
	w.same("counts", counts, map[string]int{"a": 5, "b": 5})
	for name, n := range map[string]int{"": 10, "a": 5, "c": 0} {
		var all []store.Row
		o := store.ListOptions{Type: name, Limit: 3}
		for {
			page, err := w.List(ctx, o)
			w.ok(err)
			if len(page) > 3 {
				w.Fatalf("a page of %d rows", len(page))
			}
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
			o.After = &page[len(page)-1].Ref
		}
		if len(all) != n {
			w.Errorf("List(%q): %d rows, want %d", name, len(all), n)
		}
		for i, row := range all {
			if i > 0 && (all[i-1].Ref.Name > row.Ref.Name ||
				all[i-1].Ref.Name == row.Ref.Name && all[i-1].Ref.CreatedAt.After(row.Ref.CreatedAt)) {
				w.Errorf("List(%q): row %d is out of order", name, i)
			}
			if row.Rev != 2 || row.StateBytes != 7 || (row.Patches != 2 && row.Patches != 0) || row.Conns != 1 || row.Alarms != 1 {
				w.Errorf("List(%q): row %+v", name, row)
			}
		}
	}
}

func testMeta(w *world) {
	if got, err := w.GetMeta(ctx, "owner"); got != "" || err != nil {
		w.Errorf("before: %q, %v", got, err)
	}
	w.ok(w.SetMeta(ctx, "owner", "one"))
	w.ok(w.SetMeta(ctx, "owner", "two"))
	w.again()
	if got, err := w.GetMeta(ctx, "owner"); got != "two" || err != nil {
		w.Errorf("after: %q, %v", got, err)
	}
}
