package engine

// SleepIdle makes every actor sleep now that would only wait for its sleep
// timeout: memory is short. It reports how many there were.
func (e *Engine) SleepIdle() int {
	n := 0
	for _, c := range e.snapshot() {
		c.mu.Lock()
		if c.stopIdle != nil && c.phase == awake {
			c.stop(0)
			n++
		}
		c.unlock()
	}
	return n
}
