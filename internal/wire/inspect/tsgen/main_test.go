package main

import (
	"bytes"
	"os"
	"testing"
)

func TestTheStudiosTypesAreThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	want, err := Generate("..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../../web/src/api/types.gen.ts")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("web/src/api/types.gen.ts isn't what tsgen writes; run make gen (%v)", err)
	}
}
