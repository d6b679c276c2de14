package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// rowID is an id as the files have it; ok is false if no actor has that id.
func rowID(id actor.ID) (n int64, ok bool) {
	var raw [8]byte
	if len(id) != 16 {
		return 0, false
	}
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return 0, false
		}
	}
	if _, err := hex.Decode(raw[:], []byte(id)); err != nil {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(raw[:])), true
}

func actorID(n int64) actor.ID {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], uint64(n))
	return actor.ID(hex.EncodeToString(raw[:]))
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// encodeValue is v in the form that loses nothing; NULL stands for undefined.
func encodeValue(v value.Value) driver.Value {
	if _, ok := v.(value.Undefined); ok {
		return nil
	}
	return value.GraphOf(v).Encode()
}

func decodeValue(v driver.Value) (value.Value, error) {
	b, ok := v.([]byte)
	if !ok {
		return value.Undefined{}, nil
	}
	g, err := value.DecodeGraph(b)
	if err != nil {
		return nil, err
	}
	return g.Value(), nil
}

func encodeStrings[S ~[]string](list S) (string, error) {
	items := make([]value.Value, len(list))
	for i, s := range list {
		items[i] = s
	}
	b, err := value.AppendJSON(nil, &value.Array{Items: items})
	return string(b), err
}

func decodeStrings(v driver.Value) ([]string, error) {
	parsed, err := value.ParseJSON([]byte(text(v)))
	if err != nil {
		return nil, err
	}
	arr, ok := parsed.(*value.Array)
	if !ok {
		return nil, fmt.Errorf("want an array, not %T", parsed)
	}
	list := make([]string, len(arr.Items))
	for i, it := range arr.Items {
		if list[i], ok = it.(string); !ok {
			return nil, fmt.Errorf("want strings, not %T", it)
		}
	}
	return list, nil
}

// encoded are those rows of a batch that are not bytes yet, made by whoever
// hands the batch in, so that the writer need not.
type encoded struct {
	actor  []driver.Value   // of qInsertActor, without initialized and rev
	conns  [][]driver.Value // of qPutConn
	alarms [][]driver.Value // of qPutAlarm, seq left open
}

// encode makes b's rows; nil if it has only patches and snapshots.
func encode(id int64, b *actor.Batch) (e *encoded, err error) {
	if b.Create == nil && len(b.Conns) == 0 && len(b.Alarms) == 0 {
		return nil, nil
	}
	e = &encoded{}
	if r := b.Create; r != nil {
		key, err := encodeStrings(r.Key)
		if err != nil {
			return nil, fmt.Errorf("the key: %w", err)
		}
		if r.ID != b.Lease.ID {
			return nil, fmt.Errorf("the row of %s under the lease of %s", r.ID, b.Lease.ID)
		}
		e.actor = []driver.Value{id, r.Name, key, r.Region, r.CreatedAt.UnixMilli(), encodeValue(b.Input), nil, nil}
	}
	for _, c := range b.Conns {
		subs, err := encodeStrings(c.Subscriptions)
		if err != nil {
			return nil, fmt.Errorf("subscriptions of connection %s: %w", c.ID, err)
		}
		var state driver.Value
		if c.State != nil {
			state = c.State
		}
		e.conns = append(e.conns, []driver.Value{id, string(c.ID), c.Token, string(c.Transport),
			encodeValue(c.Params), encodeValue(c.Auth), flag(c.HasState), state, subs, flag(c.Gone)})
	}
	for _, a := range b.Alarms {
		e.alarms = append(e.alarms, []driver.Value{nil, id, string(a.ID), a.At.UnixMilli(), a.Action,
			encodeValue(&value.Array{Items: a.Args}), int64(a.Attempt), flag(a.Failed), a.Error})
	}
	return e, nil
}

func decodeRef(row []driver.Value) (actor.Ref, error) {
	key, err := decodeStrings(row[2])
	r := actor.Ref{ID: actorID(integer(row[0])), Name: text(row[1]), Key: key, Region: text(row[3]),
		CreatedAt: time.UnixMilli(integer(row[4]))}
	if err != nil {
		return r, corruptRow("actors", r.ID, err)
	}
	return r, nil
}

func decodeConn(id actor.ID, row []driver.Value) (c actor.ConnState, err error) {
	c.ID, c.Token, c.Transport = actor.ConnID(text(row[0])), text(row[1]), actor.Transport(text(row[2]))
	if c.Params, err = decodeValue(row[3]); err != nil {
		return c, corruptRow("connections", id, err)
	}
	if c.Auth, err = decodeValue(row[4]); err != nil {
		return c, corruptRow("connections", id, err)
	}
	if c.HasState = integer(row[5]) != 0; c.HasState {
		c.State = blob(row[6])
	}
	if c.Subscriptions, err = decodeStrings(row[7]); err != nil {
		return c, corruptRow("connections", id, err)
	}
	c.Gone = integer(row[8]) != 0
	return c, nil
}

func decodeAlarm(row []driver.Value) (actor.Alarm, error) {
	a := actor.Alarm{Seq: uint64(integer(row[0])), Actor: actorID(integer(row[1])), ID: actor.AlarmID(text(row[2])),
		At: time.UnixMilli(integer(row[3])), Action: text(row[4]), Attempt: int(integer(row[6])),
		Failed: integer(row[7]) != 0, Error: text(row[8])}
	v, err := decodeValue(row[5])
	if err != nil {
		return a, corruptRow("alarms", a.Actor, err)
	}
	if args, ok := v.(*value.Array); ok {
		a.Args = args.Items
	}
	return a, nil
}

func corruptRow(table string, id actor.ID, err error) error {
	return errs.Wrap(errs.DataCorrupt, err, "a row of actor %s in table %s of rivet.db can't be read", id, table)
}
