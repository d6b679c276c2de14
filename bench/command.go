package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// command measures a command of rivet from start to end, one after another, in
// the project of the running server.
func command(args ...string) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, s *target, d time.Duration) (result, error) {
		if s.bin == "" {
			return result{}, errors.New("needs a binary: leave out -url")
		}
		bin, err := filepath.Abs(s.bin)
		if err != nil {
			return result{}, err
		}
		r := result{unit: "commands"}
		began := time.Now()
		for time.Since(began) < d || r.n == 0 {
			cmd := exec.CommandContext(ctx, bin, args...)
			cmd.Dir = filepath.Join(s.dir, "app")
			var out, errOut bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errOut
			at := time.Now()
			if err := cmd.Run(); err != nil || out.Len() == 0 {
				return r, fmt.Errorf("rivet %v: %v %s", args, err, errOut.String())
			}
			r.latency = append(r.latency, time.Since(at))
			r.n++
		}
		r.took = time.Since(began)
		return r, nil
	}
}
