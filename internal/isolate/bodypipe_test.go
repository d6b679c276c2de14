package isolate

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestBodyPipe(t *testing.T) {
	long := strings.Repeat("x", 3*pipeRoom+1)
	t.Run("a small body waits for nobody", func(t *testing.T) {
		p := newBodyPipe()
		if _, err := p.Write([]byte("all of it")); err != nil {
			t.Fatal(err)
		}
		_ = p.CloseWithError(nil)
		if got, err := io.ReadAll(p); string(got) != "all of it" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
	})
	t.Run("a long body comes whole", func(t *testing.T) {
		p := newBodyPipe()
		go func() {
			_, err := p.Write([]byte(long))
			_ = p.CloseWithError(err)
		}()
		if got, err := io.ReadAll(p); string(got) != long || err != nil {
			t.Errorf("read %d bytes, %v; want %d", len(got), err, len(long))
		}
	})
	t.Run("what breaks off tells so, after what came", func(t *testing.T) {
		p, broken := newBodyPipe(), errors.New("broken")
		_, _ = p.Write([]byte("half"))
		_ = p.CloseWithError(broken)
		_ = p.CloseWithError(nil)
		if got, err := io.ReadAll(p); string(got) != "half" || !errors.Is(err, broken) {
			t.Errorf("read %q, %v", got, err)
		}
	})
	t.Run("a writer isn't left behind by its reader", func(t *testing.T) {
		p, told := newBodyPipe(), make(chan struct{})
		p.onClose = func() { close(told) }
		wrote := make(chan error)
		go func() {
			_, err := p.Write([]byte(long))
			wrote <- err
		}()
		_ = p.Close()
		<-told
		if err := <-wrote; !errors.Is(err, errBodyUnwanted) {
			t.Errorf("Write gave %v", err)
		}
		if _, err := p.Read(make([]byte, 1)); err == nil {
			t.Error("it can be read after Close")
		}
	})
}

func TestFits(t *testing.T) {
	if left := fits(strings.Repeat("x", 100), 101, 0); left != 0 {
		t.Errorf("left %d, want 0", left)
	}
	if left := fits(strings.Repeat("x", 101), 101, 0); left >= 0 {
		t.Errorf("left %d, want less than nothing", left)
	}
}
