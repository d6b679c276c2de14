package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// golden is an actor with a row in every table.
func golden(t *testing.T, s *Store) {
	t.Helper()
	r := actor.Ref{Name: "chat room", Key: actor.Key{"a/b", "ü"}, Region: "local", CreatedAt: time.UnixMilli(1_700_000_000_123)}
	r.ID = actor.IDOf(r.Name, r.Key)
	l := again(t, s, r.ID)
	args := []value.Value{float64(1), &value.Map{Entries: [][2]value.Value{{"k", value.Undefined{}}}}}
	must(t, commit(s, &actor.Batch{Lease: l, Create: &r, Input: &value.Object{Keys: []string{"topic"}, Vals: []value.Value{"go"}}}))
	must(t, commit(s, &actor.Batch{Lease: l, Initialized: true, Snapshot: []byte("snapshot"),
		Conns: []actor.ConnState{{ConnInfo: actor.ConnInfo{ID: "conn", Params: value.Undefined{}, Auth: "me", Transport: actor.WebSocket},
			Token: "token", HasState: true, State: []byte("state"), Subscriptions: []string{"message"}}},
		Alarms: []actor.Alarm{{ID: "alarm", At: time.UnixMilli(1_700_000_001_000), Action: "remind", Args: args, Attempt: 2, Error: "boom"}}}))
	must(t, commit(s, &actor.Batch{Lease: l, Patches: [][]byte{[]byte("patch 1"), []byte("patch 2")}}))
	must(t, commit(s, &actor.Batch{Lease: l}))
	must(t, s.SetMeta(context.Background(), "owner", "somebody"))
}

// TestGolden opens a file of each format that there was. UPDATE_GOLDEN=1
// writes the one of the present format, once: it must never change again.
func TestGolden(t *testing.T) {
	t.Parallel()
	if path := goldenPath(Format); os.Getenv("UPDATE_GOLDEN") != "" {
		s := openTest(t, Options{Dir: t.TempDir()})
		golden(t, s)
		must(t, s.Close())
		data, err := os.ReadFile(s.path)
		must(t, err)
		must(t, os.WriteFile(path, data, 0o644))
	}
	for v := 1; v <= Format; v++ {
		t.Run(fmt.Sprint("format ", v), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			data, err := os.ReadFile(goldenPath(v))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "rivet.db"), data, 0o600))
			want := openTest(t, Options{})
			golden(t, want)
			compare(t, openTest(t, Options{Dir: dir}), want)
		})
	}
}

func goldenPath(format int) string { return fmt.Sprintf("testdata/format%d.db", format) }

func compare(t *testing.T, got, want *Store) {
	t.Helper()
	dump := func(s *Store) string {
		id := actor.IDOf("chat room", actor.Key{"a/b", "ü"})
		img, err := s.ReadImage(context.Background(), id)
		must(t, err)
		if img == nil {
			t.Fatal("the actor is missing")
		}
		alarms, err := s.AlarmsOf(context.Background(), id)
		must(t, err)
		owner, err := s.GetMeta(context.Background(), "owner")
		must(t, err)
		input := img.Input.(*value.Object)
		return fmt.Sprintf("%v %v %q %q %+v %d %v | %+v %v | %s", img.Ref, *input, img.Snapshot, img.Patches, img.Conns, img.Rev,
			img.Initialized, fmt.Sprintf("%v %v %v %v", alarms[0].ID, alarms[0].At, alarms[0].Action, alarms[0].Attempt),
			*alarms[0].Args[1].(*value.Map), owner)
	}
	if g, w := dump(got), dump(want); g != w {
		t.Errorf("read\n%s\nwant\n%s", g, w)
	}
	must(t, commit(got, patch(again(t, got, actor.IDOf("chat room", actor.Key{"a/b", "ü"})), "more")))
}
