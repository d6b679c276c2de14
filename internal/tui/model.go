package tui

import (
	"context"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// The subscriptions.
const (
	slotBuild  slot = "build"
	slotTypes  slot = "types"
	slotActors slot = "actors" // the window of the list
	slotAwake  slot = "awake"  // how many are awake
	slotConns  slot = "conns"  // those with connections
	slotEvents slot = "events" // of all actors
	slotLogs   slot = "logs"
	slotAlarms slot = "alarms"

	slotActor       slot = "actor" // the one that is shown
	slotState       slot = "actor state"
	slotActorConns  slot = "actor connections"
	slotActorEvents slot = "actor events"
	slotActorLogs   slot = "actor logs"
	slotActorAlarms slot = "actor alarms"
)

// model is the whole program's state. It is used by the program's goroutine
// alone, through Update and View.
type model struct {
	o     Options
	ctx   context.Context // of Run
	feed  *feed
	exit  Exit
	panic *caught

	paper
	theme
	profile colorprofile.Profile
	dark    bool
	w, h    int
	hits    []hit // where the last frame can be clicked

	keys  []command
	focus focus
	side  global // what the third pane shows, or the whole screen where there is none
	tab   tab

	meta      inspect.Meta
	url       string
	lost      time.Time // zero: connected
	lostErr   error
	connected bool // at least once
	ticking   bool // a clock runs, since something on the screen ages

	build  inspect.Build
	hidden int64 // At of the failed build that was put aside
	types  []inspect.Type
	awake  int
	conns  int
	more   bool // there are more connections than are counted
	rate   rate

	list    actorList
	names   map[string]name // of actors, by id
	asking  map[string]bool // names that are being asked for
	detail  detail
	events  stream // of all
	logs    stream
	alarms  table[inspect.Alarm]
	started map[slot]int // generation of each slot

	notice  notice
	prompt  *prompt
	overlay overlay
	undo    map[string][]inspect.Patch // by actor, last edit last
	repl    talk
	cursor  *tea.Cursor // that the last frame put into a pane
}

// focus is the pane that keys go to.
type focus uint8

const (
	onList focus = iota
	onDetail
	onSide
)

// global is a view across all actors.
type global uint8

const (
	globalLogs global = iota
	globalEvents
	globalSchedule
)

// notice is one line for the user, until the next key.
type notice struct {
	text string
	bad  bool
}

// name is what an actor is called.
type name struct {
	typ string
	key []string
}

func (n name) String() string { return client.Target{Name: n.typ, Key: n.key}.String() }

func newModel(o Options) *model {
	m := &model{
		o: o, ctx: context.Background(), dark: true, w: 80, h: 24, side: globalLogs,
		names: map[string]name{}, asking: map[string]bool{}, started: map[slot]int{}, undo: map[string][]inspect.Patch{},
	}
	m.profile = colorprofile.TrueColor
	m.theme = themeFor(m.profile, m.dark)
	m.events, m.logs = newStream(false), newStream(true)
	m.detail = newDetail()
	m.keys = m.commands()
	return m
}

// Init asks the terminal for its ground and the server for what is always shown.
func (m *model) Init() tea.Cmd {
	m.subscribe(slotBuild, spec{topic: inspect.TopicBuild})
	m.subscribe(slotTypes, spec{topic: inspect.TopicTypes})
	m.subscribe(slotAwake, spec{topic: inspect.TopicActors, query: inspect.Query{Status: string(inspect.Awake)}, window: &inspect.Window{}})
	m.subscribe(slotConns, spec{topic: inspect.TopicActors, query: inspect.Query{Q: "conns:>0", Sort: "-conns"}, window: &inspect.Window{To: 500}})
	m.subscribe(slotEvents, spec{topic: inspect.TopicHistory, query: inspect.Query{Last: 500}})
	m.list.asked = window{0, 100}
	m.watchList()
	return tea.RequestBackgroundColor
}

func (m *model) subscribe(s slot, sp spec) { m.started[s] = m.feed.set(s, sp) }

func (m *model) unsubscribe(s slot) {
	if _, on := m.started[s]; on {
		m.feed.drop(s)
		delete(m.started, s)
	}
}

// Update takes a message; a panic is kept until the terminal has been restored.
func (m *model) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			m.panic = &caught{r, debug.Stack()}
			cmd = tea.Quit
		}
	}()
	return m, guard(m.update(msg))
}

func (m *model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case caught:
		m.panic = &msg
		return tea.Quit
	case batch:
		return m.take(msg)
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		return m.watchSide()
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.theme = themeFor(m.profile, m.dark)
	case tea.BackgroundColorMsg:
		m.dark = isDark(msg.Color)
		m.theme = themeFor(m.profile, m.dark)
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet) {
			m.method = ansi.GraphemeWidth // as the renderer does
		}
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		switch {
		case m.prompt != nil:
			return m.prompt.paste(m, msg)
		case m.here() == inRepl && !m.overlay.on():
			m.repl.edit.Paste(msg.Content)
		}
	case tea.MouseClickMsg:
		return m.click(tea.Mouse(msg))
	case tea.MouseWheelMsg:
		return m.wheel(tea.Mouse(msg))
	case tickMsg:
		return m.tick()
	case settled:
		return m.settle(msg)
	case done:
		return msg.then(m)
	case noticed:
		m.repl.parts(m, msg.Parts)
	case named:
		m.take1(msg)
	}
	return nil
}

// done is the end of something that was asked for, with what it leads to.
type done struct{ then func(*model) tea.Cmd }

// ask asks the server for something; what goes wrong is noticed, else then says
// what it leads to.
func (m *model) ask(f func(context.Context, *client.Inspector) (then func(*model) tea.Cmd, err error)) tea.Cmd {
	in := m.feed.inspector()
	return func() tea.Msg {
		if in == nil {
			return done{func(m *model) tea.Cmd { m.complain(errs.New(errs.NoServer, "there is no server yet")); return nil }}
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		then, err := f(ctx, in)
		return done{func(m *model) tea.Cmd {
			if err != nil {
				m.complain(err)
				return nil
			}
			if then == nil {
				return nil
			}
			return then(m)
		}}
	}
}

// tell shows a line until the next key.
func (m *model) tell(text string) { m.notice = notice{text: text} }

// complain shows an error until the next key.
func (m *model) complain(err error) {
	e := errs.As(err)
	text := e.Msg + " [" + string(e.Code) + "]"
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	m.notice = notice{text: text, bad: true}
}

// take takes what the server told.
func (m *model) take(b batch) tea.Cmd {
	var cmds []tea.Cmd
	if b.conn != nil {
		cmds = append(cmds, m.takeConn(*b.conn))
	}
	for _, s := range slices.Sorted(maps.Keys(b.slots)) {
		if u := b.slots[s]; u.gen == m.started[s] {
			cmds = append(cmds, m.takeSlot(s, u))
		}
	}
	cmds = append(cmds, m.askNames(), m.clock())
	return tea.Batch(cmds...)
}

func (m *model) takeConn(c connected) tea.Cmd {
	if c.url != "" {
		m.url = c.url
	}
	if c.meta.Instance != "" {
		m.meta = c.meta
	}
	m.lostErr = c.err
	if c.err == nil {
		m.lost, m.connected = time.Time{}, true
		if m.tab == tabRepl && m.repl.in != m.feed.inspector() {
			return m.watchRepl() // another server
		}
		return nil
	}
	if m.lost.IsZero() {
		m.lost = m.o.Now()
	}
	return nil
}

func (m *model) takeSlot(s slot, u *update) tea.Cmd {
	switch s {
	case slotBuild:
		if b, ok := u.picture.(inspect.Build); ok {
			m.build = b
		}
	case slotTypes:
		if t, ok := u.picture.([]inspect.Type); ok {
			m.types = t
		}
	case slotAwake:
		if r, ok := u.picture.(actorRows); ok {
			m.awake = r.Total
		}
	case slotConns:
		if r, ok := u.picture.(actorRows); ok {
			m.conns, m.more = 0, r.Total > len(r.Items)
			for _, a := range r.Items {
				m.conns += a.Conns
			}
		}
	case slotActors:
		return m.takeActors(u)
	case slotEvents:
		m.rate.add(m.o.Now(), u)
		for i := range u.entries {
			m.list.did(&u.entries[i])
		}
		m.events.take(u)
	case slotLogs:
		m.logs.take(u)
	case slotAlarms:
		if l, ok := u.picture.([]inspect.Alarm); ok {
			m.alarms.set(l, func(a inspect.Alarm) string { return a.ID })
		}
	default:
		m.takeDetail(s, u)
	}
	return nil
}

// total is how many actors there are.
func (m *model) total() int {
	n := 0
	for _, t := range m.types {
		n += t.Count
	}
	return max(n, m.list.all)
}

// named says what actors are called.
type named struct {
	id string
	n  name
	ok bool
}

func (m *model) take1(n named) {
	delete(m.asking, n.id)
	if n.ok {
		m.names[n.id] = n.n
	} else if len(m.names) < 100_000 {
		m.names[n.id] = name{typ: "id:" + n.id}
	}
}

// know keeps an actor's name.
func (m *model) know(a *inspect.Actor) {
	if _, ok := m.names[a.ID]; !ok && len(m.names) < 100_000 {
		m.names[a.ID] = name{a.Type, a.Key}
	}
}

// called is an actor's name, or what is known of it until the server says.
func (m *model) called(id, typ string) string {
	if n, ok := m.names[id]; ok {
		if rest, ok := strings.CutPrefix(n.typ, "id:"); ok && n.key == nil {
			return "id:" + rest
		}
		return n.String()
	}
	if id == "" {
		return "-"
	}
	if len(m.asking) < 16 {
		m.asking[id] = false
	}
	return typ + "/…"
}

// askNames asks for the names that the last frame missed.
func (m *model) askNames() tea.Cmd {
	var cmds []tea.Cmd
	in := m.feed.inspector()
	if in == nil {
		return nil
	}
	for id, asked := range m.asking {
		if asked {
			continue
		}
		m.asking[id] = true
		cmds = append(cmds, guard(func() tea.Msg {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			a, err := in.Actor(ctx, id)
			return named{id, name{a.Type, a.Key}, err == nil}
		}))
	}
	return tea.Batch(cmds...)
}

// tickMsg is the clock, which runs only while something on the screen ages.
type tickMsg struct{}

// clock starts the clock if something ages.
func (m *model) clock() tea.Cmd {
	d := m.aging()
	if m.ticking || d == 0 {
		return nil
	}
	m.ticking = true
	return tea.Tick(d, func(time.Time) tea.Msg { return tickMsg{} })
}

// aging is when the screen changes by time alone, 0 if it doesn't.
func (m *model) aging() time.Duration {
	switch {
	case m.detail.tree.flashing(m.o.Now()):
		return 200 * time.Millisecond
	case !m.lost.IsZero(), m.rate.moving(m.o.Now()):
		return time.Second
	}
	return 0
}

func (m *model) tick() tea.Cmd {
	m.ticking = false
	m.detail.tree.calm(m.o.Now())
	return m.clock()
}
