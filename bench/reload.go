package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gobwas/ws/wsutil"
)

// reloading saves the source again and again while n actors are awake, each
// with an open socket, and measures the time from the save until an action is
// answered by the new code. A socket that was dropped is a failure.
func reloading(n, saves int) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, t *target, _ time.Duration) (result, error) {
		if t.dir == "" {
			return result{}, errors.New("needs a server of its own: leave -url out")
		}
		source := filepath.Join(t.dir, "app", "registry.ts")
		conns := make([]*socket, n)
		for i := range conns {
			c, err := dialSocket(t.addr, fmt.Sprintf("r%d", i))
			if err != nil {
				return result{}, err
			}
			defer c.Close()
			conns[i] = c
		}
		h, err := dialHTTP(t.addr)
		if err != nil {
			return result{}, err
		}
		defer h.Close()
		r := result{unit: "reloads"}
		began := time.Now()
		for v := 1; v <= saves && ctx.Err() == nil; v++ {
			text := strings.Replace(program, "version: () => 0", fmt.Sprintf("version: () => %d", v), 1)
			if err := os.WriteFile(source+".new", []byte(text), 0o644); err != nil {
				return r, err
			}
			if err := wakeAll(conns); err != nil {
				return r, err
			}
			t0 := time.Now()
			if err := os.Rename(source+".new", source); err != nil {
				return r, err
			}
			for want := fmt.Sprintf(`{"o":%d}`, v); ; {
				body, err := h.ask(t.addr, "version", "r0")
				if err != nil {
					return r, err
				}
				if body == want {
					break
				}
				if time.Since(t0) > 10*time.Second {
					return r, fmt.Errorf("new code did not answer within 10 s: %s", body)
				}
			}
			r.latency = append(r.latency, time.Since(t0))
		}
		r.took, r.n = time.Since(began), len(r.latency)
		for i, c := range conns {
			_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := c.frame(nil); !errors.Is(err, os.ErrDeadlineExceeded) {
				return r, fmt.Errorf("socket %d was not left alone: %v", i, err)
			}
		}
		return r, nil
	}
}

// wakeAll has every actor answer over its socket: actors whose start runs nothing
// of the user's sleep after a reload until they are called.
func wakeAll(conns []*socket) error {
	for _, c := range conns {
		if err := wsutil.WriteClientText(c, []byte(`{"b":{"ar":{"i":1,"n":"version","a":[]}}}`)); err != nil {
			return err
		}
	}
	for _, c := range conns {
		if _, err := c.frame(nil); err != nil {
			return err
		}
	}
	return nil
}

// ask calls an action with no arguments and returns the body of the answer.
func (c *httpConn) ask(addr, action, key string) (string, error) {
	_, err := fmt.Fprintf(c, "POST /registry/actors/actions/%s HTTP/1.1\r\nHost: %s\r\nX-RivetKit-Query: %s\r\nX-RivetKit-Encoding: json\r\nContent-Length: 8\r\n\r\n{\"a\":[]}",
		action, addr, query(key))
	if err != nil {
		return "", err
	}
	length, err := readHead(c.r)
	if err != nil {
		return "", err
	}
	body := make([]byte, length)
	_, err = io.ReadFull(c.r, body)
	return string(body), err
}

func readHead(r *bufio.Reader) (length int, err error) {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return 0, err
		}
		if line == "\r\n" {
			return length, nil
		}
		if name, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") {
			if _, err := fmt.Sscan(v, &length); err != nil {
				return 0, err
			}
		}
	}
}
