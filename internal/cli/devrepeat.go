package cli

import (
	"fmt"
	"time"
)

// repeats counts a line that comes again and again. On a terminal it is shown
// once, then how often it came after a second, two, four … and before the next
// other line. Programs that read a pipe get every line.
type repeats struct {
	key   string // what the last line said; "": nothing that repeats
	n     int    // how often it came since it was last shown or counted
	wait  time.Duration
	timer *time.Timer // tells the count; nil: nothing to tell
}

const (
	firstCount = time.Second
	lastCount  = time.Minute
)

// write writes lines. If key is what the last ones said, they are counted instead.
func (d *devOut) write(key string, text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if key != "" && key == d.last.key {
		d.last.n++
		if d.last.timer == nil {
			d.last.timer = time.AfterFunc(d.last.wait, d.count) // ended by close
		}
		return
	}
	d.tellCount()
	d.last.key, d.last.wait = key, firstCount
	_, _ = d.w.Write(text) // a reader that left is noticed by the signal it sends
}

// count tells how often the last line came.
func (d *devOut) count() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tellCount()
	d.last.wait = min(d.last.wait*2, lastCount)
}

// tellCount is count with d.mu held.
func (d *devOut) tellCount() {
	if d.last.timer != nil {
		d.last.timer.Stop()
		d.last.timer = nil
	}
	if d.last.n > 0 {
		times := "once more"
		if d.last.n > 1 {
			times = fmt.Sprintf("%d times more", d.last.n)
		}
		_, _ = d.w.Write([]byte(d.paint.dim("         ⋮ "+times) + "\n"))
		d.last.n = 0
	}
}

// close tells what is left to tell.
func (d *devOut) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tellCount()
}
