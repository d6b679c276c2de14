//go:build unix

package tui

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// BenchmarkKeyToScreen is the time from a key to the screen that answers it, at
// a pseudo-terminal, while 5,000 entries a second come and the list has 10,000
// actors.
func BenchmarkKeyToScreen(b *testing.B) {
	f := newFake(b)
	f.actors = nil
	for i := range 10_000 {
		f.actors = append(f.actors, inspect.Actor{ID: fmt.Sprintf("id-%05d", i), Type: "counter", Key: []string{fmt.Sprintf("customer-%05d", i)}, Status: inspect.Awake, ActiveAt: ago(0)})
	}
	s := start(b, f, terminalOptions{w: 240, h: 60})
	s.wait("customer-00001")
	s.keys("E")
	s.wait("declined")
	s.keys("\t") // back to the list
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { // until the benchmark ends
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond) // as often as the server sends
		defer tick.Stop()
		for seq := 100; ; {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			var list []inspect.Entry
			for range 250 {
				seq++
				list = append(list, inspect.Entry{Seq: uint64(seq), Actor: "id-00001", Type: "counter", At: ago(0), Us: 900, Kind: inspect.KindAction, Name: fmt.Sprintf("increment%d", seq)})
			}
			items, _ := json.Marshal(list)
			f.push(inspect.TopicHistory, inspect.ToClient{T: "items", Items: items})
		}
	}()
	row := func() int { // where the cursor is
		s.mu.Lock()
		defer s.mu.Unlock()
		for y := range 30 {
			if c := s.screen.CellAt(1, y); c != nil && c.Content == "›" {
				return y
			}
		}
		return -1
	}
	for b.Loop() {
		before := row()
		key := "j"
		if before > 20 {
			key = "\x1b[H"
		}
		s.keys(key)
		for now := before; now == before || now < 0; now = row() {
			time.Sleep(200 * time.Microsecond) // what is measured is some milliseconds
		}
	}
	close(stop)
	<-done
}
