package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
)

// spinning measures calls to other actors while one is in while(true){}, again
// as soon as the server has interrupted it.
func spinning(clients, actors int) func(context.Context, *target, time.Duration) (result, error) {
	return func(ctx context.Context, t *target, d time.Duration) (result, error) {
		runaway, err := dialHTTP(t.addr)
		if err != nil {
			return result{}, err
		}
		defer runaway.Close()
		ended := make(chan error, 1)
		stop := make(chan struct{})
		go func() { // ends at the first interruption after stop
			for {
				select {
				case <-stop:
					ended <- nil
					return
				default:
				}
				if err := runaway.spin(t.addr); err != nil {
					ended <- err
					return
				}
			}
		}()
		time.Sleep(100 * time.Millisecond) // it spins
		r, err := paced(ctx, t, clients, actors, d)
		close(stop)
		if failed := <-ended; err == nil {
			err = failed
		}
		return r, err
	}
}

// paced calls actors from clients that leave 10 ms between two calls, so that
// what is measured is how long a call takes, not how many fit in.
func paced(ctx context.Context, t *target, clients, actors int, d time.Duration) (result, error) {
	conns := make([]*httpConn, clients)
	for i := range conns {
		c, err := dialHTTP(t.addr)
		if err != nil {
			return result{}, err
		}
		defer c.Close()
		conns[i] = c
	}
	tick := time.NewTicker(10 * time.Millisecond / time.Duration(clients))
	defer tick.Stop()
	return parallel(ctx, clients, d, "actions", func(client, i int) error {
		return conns[client].call(actionRequest(t.addr, fmt.Sprintf("s%d", (client+i*clients)%actors)))
	}, tick.C)
}

// spin has an action run on without end; the server's answer must be that it
// was interrupted.
func (c *httpConn) spin(addr string) error {
	_, err := fmt.Fprintf(c, "POST /registry/actors/actions/spin HTTP/1.1\r\nHost: %s\r\n"+
		`X-RivetKit-Query: {"getOrCreateForKey":{"name":"runaway","key":[]}}`+"\r\nX-RivetKit-Encoding: json\r\nContent-Length: 8\r\n\r\n{\"a\":[]}", addr)
	if err != nil {
		return err
	}
	length, err := readHead(c.r)
	if err != nil {
		return err
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return err
	}
	if !bytes.Contains(body, []byte("action_timed_out")) {
		return fmt.Errorf("a spinning action was answered with %s", body)
	}
	return nil
}
