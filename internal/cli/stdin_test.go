package cli

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestStandardInputEndsWithTheCommand(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	defer w.Close()
	over := make(chan struct{})
	a := &App{In: r, over: over}
	in := a.stdin()
	go func() { _, _ = w.Write([]byte("one")) }() // fails once the test has ended
	var one [3]byte
	if _, err := io.ReadFull(in, one[:]); err != nil || string(one[:]) != "one" {
		t.Errorf("read %q, %v", one, err)
	}
	close(over)
	if text, err := io.ReadAll(in); len(text) != 0 || !errors.Is(err, errInterruptedRead) {
		t.Errorf("after the end: read %q, %v", text, err)
	}
}

func TestStandardInputIsReadWhole(t *testing.T) {
	t.Parallel()
	want := strings.Repeat("0123456789", 10_000)
	if err := iotest.TestReader((&App{In: strings.NewReader(want)}).stdin(), []byte(want)); err != nil {
		t.Error(err)
	}
}
