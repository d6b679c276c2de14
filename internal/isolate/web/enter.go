package web

import "fmt"

// enter is task.Run for code that may throw: what no JavaScript could catch is
// reported, not a panic of the isolate's loop.
func (p *platform) enter(task Task, f func()) {
	task.Run(func() {
		if err := p.protect(f); err != nil {
			p.h.ReportUnhandled(err)
		}
	})
}

// permit is Host.Permit for code that may throw.
func (p *platform) permit(f func(error)) {
	p.h.Permit(func(permitted error) {
		if err := p.protect(func() { f(permitted) }); err != nil {
			p.h.ReportUnhandled(err)
		}
	})
}

// protect runs f and returns what it threw; an interrupt or a stack overflow too,
// which goja carries through Go as panics.
func (p *platform) protect(f func()) (err error) {
	defer func() {
		if x := recover(); x != nil {
			e, ok := x.(error)
			if !ok {
				e = fmt.Errorf("web: %v", x)
			}
			err = e
		}
	}()
	if ex := p.vm.Try(f); ex != nil {
		return ex
	}
	return nil
}
