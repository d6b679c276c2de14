package sqlite

import (
	"context"
	"database/sql/driver"
	"math"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/store"
)

// read runs f in a read transaction: all its queries see the same moment.
func (s *Store) read(ctx context.Context, f func(c *conn) error) (err error) {
	var c *conn
	select {
	case c = <-s.readers:
	case <-s.gone:
		return closed()
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- c }()
	select {
	case <-s.gone:
		return closed()
	default:
	}
	if err := s.present(); err != nil {
		return err
	}
	if c == nil { // an earlier fault took it
		if c, err = s.openReader(); err != nil {
			return s.unavailable(err, "opening")
		}
	}
	if err = c.exec(qBeginRead); err == nil {
		err = f(c)
		if end := c.exec(qCommit); err == nil {
			err = end
		}
	}
	if err == nil {
		return nil
	}
	if storageFault(err) {
		if cerr := c.close(); cerr != nil {
			s.log.Debug("closing a failed connection", "error", cerr)
		}
		c = nil
	}
	return s.unavailable(err, "reading from")
}

// Lookup finds an actor by id.
func (s *Store) Lookup(ctx context.Context, id actor.ID) (ref actor.Ref, ok bool, err error) {
	n, valid := rowID(id)
	if !valid {
		return ref, false, nil
	}
	err = s.read(ctx, func(c *conn) error {
		return c.query(qActor, func(row []driver.Value) (err error) {
			ok = true
			ref, err = decodeRef(row)
			return err
		}, n)
	})
	return ref, ok && err == nil, err
}

// ReadImage reads an actor without taking its lease; nil if there is none.
func (s *Store) ReadImage(ctx context.Context, id actor.ID) (img *actor.Image, err error) {
	n, valid := rowID(id)
	if !valid {
		return nil, nil
	}
	err = s.read(ctx, func(c *conn) (err error) {
		img, _, err = readImage(c, n)
		return err
	})
	return img, err
}

// Alarms lists the alarms due at t.
func (s *Store) Alarms(ctx context.Context, t time.Time, limit int) ([]actor.Alarm, error) {
	return s.alarms(ctx, qAlarmsDue, t.UnixMilli(), int64(limit))
}

// AlarmsOf lists an actor's alarms, the failed ones too.
func (s *Store) AlarmsOf(ctx context.Context, id actor.ID) ([]actor.Alarm, error) {
	n, valid := rowID(id)
	if !valid {
		return nil, nil
	}
	return s.alarms(ctx, qAlarmsOf, n)
}

func (s *Store) alarms(ctx context.Context, q query, args ...driver.Value) (list []actor.Alarm, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.query(q, func(row []driver.Value) error {
			a, err := decodeAlarm(row)
			list = append(list, a)
			return err
		}, args...)
	})
	return list, err
}

// NextAlarm is the time of the first alarm after t.
func (s *Store) NextAlarm(ctx context.Context, t time.Time) (at time.Time, ok bool, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.query(qNextAlarm, func(row []driver.Value) error {
			at, ok = time.UnixMilli(integer(row[0])), true
			return nil
		}, t.UnixMilli())
	})
	return at, ok, err
}

// List lists actors by type and then by creation.
func (s *Store) List(ctx context.Context, o store.ListOptions) (list []store.Row, err error) {
	name, created, id := o.Type, int64(math.MinInt64), int64(math.MinInt64)
	if o.After != nil {
		name, created = o.After.Name, o.After.CreatedAt.UnixMilli()
		id, _ = rowID(o.After.ID)
	}
	q, args := qList, []driver.Value{name, created, id, int64(o.PageSize())}
	if o.Type != "" {
		q, args[0] = qListType, o.Type
	}
	err = s.read(ctx, func(c *conn) error {
		return c.query(q, func(row []driver.Value) error {
			ref, err := decodeRef(row)
			rev := max(integer(row[7]), integer(row[8]), integer(row[10]))
			patches, _ := row[11].(float64)
			list = append(list, store.Row{Ref: ref, Rev: uint64(rev), StateBytes: integer(row[9]) + int64(patches),
				Patches: int(integer(row[12])), Conns: int(integer(row[13])), Alarms: int(integer(row[14]))})
			return err
		}, args...)
	})
	return list, err
}

// Count is the number of actors of each type.
func (s *Store) Count(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	err := s.read(ctx, func(c *conn) error {
		return c.query(qCount, func(row []driver.Value) error {
			counts[text(row[0])] = int(integer(row[1]))
			return nil
		})
	})
	return counts, err
}
