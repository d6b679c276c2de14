package config

import (
	"maps"
	"reflect"
)

// EnvKey stands for process.env in a Change.
const EnvKey = "process.env"

// Change is what of a running server's configuration is another, by key, in the
// order of the keys.
type Change struct {
	Live    []string // can be taken up at once
	Restart []string // needs a restart
}

// Reload reads the files anew: environment, flags and what code asked for are
// as they were.
func (r *Resolved) Reload() (*Resolved, error) {
	n, err := Load(r.from)
	if err != nil {
		return nil, err
	}
	if code, ok := r.layers[FromCode]; ok {
		n.layers[FromCode] = code
		n.resolve()
	}
	return n, nil
}

// Change compares next with r, which holds now; opened: the server has opened its
// port and its storage.
func (r *Resolved) Change(next *Resolved, opened bool) Change {
	c := Change{Live: []string{}, Restart: []string{}}
	for i := range keys {
		k := &keys[i]
		if reflect.DeepEqual(k.shown(&r.Config), k.shown(&next.Config)) && !k.secretChanged(r, next) {
			continue
		}
		if k.taken == live || k.taken == atOpen && !opened {
			c.Live = append(c.Live, k.name)
		} else {
			c.Restart = append(c.Restart, k.name)
		}
	}
	if !maps.Equal(r.ProcessEnv(false), next.ProcessEnv(false)) {
		c.Live = append(c.Live, EnvKey)
	}
	return c
}

// secretChanged compares what is shown as *** alone.
func (k *key) secretChanged(a, b *Resolved) bool {
	if !k.secret {
		return false
	}
	return *k.field(&a.Config).(*string) != *k.field(&b.Config).(*string)
}
