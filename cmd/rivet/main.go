// Command rivet is a developer toolkit for stateful TypeScript actors.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rivetdev/rivet/internal/cli"
)

// Set by the linker: -X main.version=1.2.3.
var version, commit, date string

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	app := cli.System(cli.Build{Version: version, Commit: commit, Date: date})
	go func() { // lives as long as the process
		if <-signals == os.Interrupt {
			cancel(cli.ErrInterrupted)
		} else {
			cancel(cli.ErrTerminated)
		}
		<-signals
		app.Restore()
		os.Exit(130) // asked twice: at once
	}()
	os.Exit(app.Run(ctx, os.Args[1:]))
}
