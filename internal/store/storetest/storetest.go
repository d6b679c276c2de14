// Package storetest is the suite that every store passes: what engine.Store
// promises, and what tools read beside it.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store"
	"github.com/rivetdev/rivet/internal/value"
)

// Harness makes the stores under test. States in them are plain text: a
// snapshot followed by all patches. A store that compacts is given Fold.
type Harness struct {
	// Open makes an empty store; the test closes it.
	Open func(t testing.TB) store.Store
	// Reopen opens the closed store's data again; nil: nothing outlives it.
	Reopen func(t testing.TB, old store.Store) store.Store
}

// Fold compacts a state of this suite.
func Fold(snapshot []byte, patches [][]byte) ([]byte, error) {
	return append(bytes.Clone(snapshot), bytes.Join(patches, nil)...), nil
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Parallel()
	for name, test := range map[string]func(*world){
		"create, look up and acquire":                   testCreate,
		"there is no actor of a strange id":             testStrangeIDs,
		"keys and names with odd characters":            testOddKeys,
		"values keep their exact type":                  testValues,
		"patches keep their order":                      testPatchOrder,
		"large rows":                                    testLargeRows,
		"a batch without changes counts":                testEmptyBatch,
		"connections are put, replaced and removed":     testConns,
		"alarms come by time, then by order of setting": testAlarms,
		"an alarm belongs to its actor":                 testAlarmOwners,
		"a later lease fences off the earlier":          testFencing,
		"acquire sees what its predecessor wrote":       testAcquireWaits,
		"a failed batch fails those after it":           testPoison,
		"a failed batch harms no other actor":           testFailureAlone,
		"done is called once and in order":              testDone,
		"done may commit again":                         testCommitInDone,
		"many actors at once":                           testConcurrent,
		"destroy removes all and fences":                testDestroy,
		"lists have pages":                              testList,
		"meta":                                          testMeta,
		"a closed store says so":                        testClosed,
		"any history of batches":                        testModel,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newWorld(t, h))
		})
	}
}

// world is a store under test, and shorthands that fail the test.
type world struct {
	*testing.T
	h Harness
	store.Store
}

var ctx = context.Background()

func newWorld(t *testing.T, h Harness) *world {
	w := &world{T: t, h: h, Store: h.Open(t)}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return w
}

// again closes the store and opens it anew, if it can.
func (w *world) again() {
	w.Helper()
	if w.h.Reopen == nil {
		return
	}
	w.ok(w.Close())
	w.Store = w.h.Reopen(w, w.Store)
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func ref(name string, key ...string) actor.Ref {
	k := actor.Key(key)
	return actor.Ref{ID: actor.IDOf(name, k), Name: name, Key: k, Region: "local", CreatedAt: time.UnixMilli(1_700_000_000_123)}
}

// acquire takes the lease of id; img may be nil.
func (w *world) acquire(id actor.ID) (*actor.Image, actor.Lease) {
	w.Helper()
	img, l, err := w.Acquire(ctx, id)
	w.ok(err)
	if l.ID != id {
		w.Fatalf("Acquire(%s) leased %s", id, l.ID)
	}
	return img, l
}

// create makes an actor and leaves its lease.
func (w *world) create(r actor.Ref) actor.Lease {
	w.Helper()
	_, l := w.acquire(r.ID)
	w.ok(w.commit(&actor.Batch{Lease: l, Create: &r, Input: value.Undefined{}}))
	return l
}

// commit hands in a batch and waits.
func (w *world) commit(b *actor.Batch) error {
	w.Helper()
	res := make(chan error, 1)
	w.Commit(b, func(err error) { res <- err })
	return w.wait(res)
}

func (w *world) wait(res <-chan error) error {
	w.Helper()
	select {
	case err := <-res:
		return err
	case <-time.After(30 * time.Second):
		w.Fatal("done was not called")
		return nil
	}
}

// read is the image of an actor that must exist.
func (w *world) read(id actor.ID) *actor.Image {
	w.Helper()
	img, err := w.ReadImage(ctx, id)
	w.ok(err)
	if img == nil {
		w.Fatalf("no image of %s", id)
	}
	return img
}

// state is a whole state, however it is cut into snapshot and patches.
func state(img *actor.Image) string {
	if img.Snapshot == nil && len(img.Patches) == 0 {
		return "none"
	}
	b, _ := Fold(img.Snapshot, img.Patches)
	return string(b)
}

func (w *world) code(err error, want errs.Code) {
	w.Helper()
	if errs.CodeOf(err) != want {
		w.Errorf("error is %v, want code %q", err, want)
	}
}

func (w *world) same(what string, got, want any) {
	w.Helper()
	if !reflect.DeepEqual(got, want) {
		w.Errorf("%s:\n got %s\nwant %s", what, show(got), show(want))
	}
}

func show(v any) string {
	s := fmt.Sprintf("%+v", v)
	if len(s) > 2000 {
		s = s[:2000] + "…"
	}
	return s
}
