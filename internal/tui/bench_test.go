package tui

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// busy is a model of a project with 10,000 actors.
func busy(w, h int) *model {
	m := newModel(Options{Now: noon})
	m.feed = newFeed(nil, func(tea.Msg) {})
	m.Init()
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.Update(batch{conn: &connected{meta: inspect.Meta{Instance: "i", Project: "shop"}, url: "http://127.0.0.1:8080"}})
	m.Update(listBatch(m, 0))
	m.side = globalEvents
	m.subscribe(slotActor, spec{topic: inspect.TopicActor})
	m.subscribe(slotState, spec{topic: inspect.TopicState})
	m.Update(stateBatch(m, 0))
	return m
}

// listBatch is a window of 10,000 actors, each with another number of connections.
func listBatch(m *model, round int) batch {
	rows := actorRows{Total: 10_000}
	for i := range 200 {
		rows.Items = append(rows.Items, inspect.Actor{
			ID: fmt.Sprintf("id-%d", i), Type: "counter", Key: []string{"region-eu", fmt.Sprintf("customer-%05d", i)},
			Status: inspect.Awake, Conns: (i + round) % 50, Queued: round % 3, ActiveAt: noon().UnixMilli(),
		})
	}
	return batch{slots: map[slot]*update{slotActors: {gen: m.started[slotActors], picture: rows}}}
}

// eventBatch is a thirtieth of 5,000 events a second.
func eventBatch(m *model, round int) batch {
	u := &update{gen: m.started[slotEvents]}
	for i := range 5000 / 30 {
		u.entries = append(u.entries, inspect.Entry{
			Seq: uint64(round*200 + i), Actor: fmt.Sprintf("id-%d", i), Type: "counter", At: noon().UnixMilli(), Us: 812, Kind: inspect.KindAction, Name: "increment",
			Args: inspect.TaggedPtr(&value.Array{Items: []value.Value{float64(i)}}), Output: inspect.TaggedPtr(float64(round)),
		})
	}
	return batch{slots: map[slot]*update{slotEvents: u}}
}

// stateBatch is a state of 1,000 members, one of which changes.
func stateBatch(m *model, round int) batch {
	o := &value.Object{}
	for i := range 1000 {
		o.Keys, o.Vals = append(o.Keys, fmt.Sprintf("key%d", i)), append(o.Vals, float64(i))
	}
	o.Vals[round%1000] = float64(-round)
	return batch{slots: map[slot]*update{slotState: {gen: m.started[slotState], picture: stateData{rev: uint64(round), tree: o}, changed: []string{fmt.Sprintf("/value/key%d", round%1000)}}}}
}

// BenchmarkFrameBusy is one of thirty frames a second over 10,000 actors and
// 5,000 events a second: what came is taken in, and the screen drawn.
func BenchmarkFrameBusy(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {240, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			m := busy(size[0], size[1])
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				all := batch{slots: map[slot]*update{}}
				for _, part := range []batch{listBatch(m, i), eventBatch(m, i), stateBatch(m, i)} {
					for s, u := range part.slots {
						all.slots[s] = u
					}
				}
				m.Update(all)
				m.View()
			}
		})
	}
}

// BenchmarkFrameKey is the answer to a key: the cursor moves, the screen is drawn.
func BenchmarkFrameKey(b *testing.B) {
	m := busy(240, 60)
	for i := range 30 {
		m.Update(eventBatch(m, i))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		key := 'j'
		if i%40 >= 20 {
			key = 'k'
		}
		m.Update(tea.KeyPressMsg{Code: key, Text: string(key)})
		m.View()
	}
}
