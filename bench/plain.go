package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// servePlain is the yardstick: net/http that decodes a JSON argument and answers
// with JSON, no actor, nothing kept. It runs in a process of its own, as rivet does.
func servePlain() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ A []float64 }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.A) != 1 {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]float64{"o": in.A[0]})
	}))
}

// plain measures the yardstick with a number of clients.
func plain(clients int) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, _ *target, d time.Duration) (result, error) {
		self, err := os.Executable()
		if err != nil {
			return result{}, err
		}
		cmd := exec.CommandContext(ctx, self, "-serve-plain")
		out, err := cmd.StdoutPipe()
		if err != nil {
			return result{}, err
		}
		if err := cmd.Start(); err != nil {
			return result{}, err
		}
		defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
		var addr string
		if _, err := fmt.Fscanln(out, &addr); err != nil {
			return result{}, err
		}
		return httpActions(1, clients)(ctx, &target{addr: addr}, d)
	}
}
