package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/client/repl"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Options configure Run; all fields but Greeting are required.
type Options struct {
	Session  *repl.Session
	In       io.Reader // the terminal
	Out      io.Writer
	Environ  []string
	Color    bool
	Safe     func(string) string // takes out what a terminal would obey; keeps newlines
	Greeting string
	// Notices are what Session tells; see repl.Options.Tell.
	Notices <-chan repl.Notice
}

// Run talks with a person until Ctrl-D, .exit or the end of ctx, all of which
// are a clean end. The error is of the terminal; those of the server are shown.
func Run(ctx context.Context, o Options) error {
	m := &model{o: o, ctx: ctx, width: 80, height: 24}
	m.look = Look{Safe: o.Safe}
	if o.Color {
		style := func(on, off string) func(string) string {
			return func(s string) string { return "\x1b[" + on + "m" + s + "\x1b[" + off + "m" }
		}
		m.look.Prompt, m.look.Muted, m.look.Chosen = style("1", "22"), style("2", "22"), style("7", "27")
	}
	m.look.fill()
	p := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithEnvironment(o.Environ),
		tea.WithFPS(fps), tea.WithoutSignalHandler())
	if o.Greeting != "" {
		if _, err := fmt.Fprintln(o.Out, o.Greeting); err != nil {
			return err
		}
	}
	m.send = p.Send
	telling, stop := context.WithCancel(ctx)
	told := make(chan struct{})
	go func() { // ends before Run does
		defer close(told)
		for {
			select {
			case n := <-o.Notices:
				p.Send(notice(n))
			case <-telling.Done():
				return
			}
		}
	}()
	_, err := p.Run()
	stop()
	<-told
	if m.cancel != nil {
		m.cancel()
	}
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = m.err
	}
	return err
}

// model is the program's state.
type model struct {
	o             Options
	ctx           context.Context
	look          Look
	edit          Editor
	width, height int
	err           error

	send    func(tea.Msg)
	waiting []string // texts to be printed, in order
	prints  bool     // some are on their way

	cancel  context.CancelFunc // of the line that runs, nil: none
	began   time.Time
	seconds int      // that it has run, as shown
	queue   []string // inputs that were typed while one ran
	drawn   bool     // the input stands on the screen
	early   []tea.Msg
	asking  bool              // for words to complete
	typed   []tea.KeyPressMsg // meanwhile: keys keep their order
	leaving bool
}

// What comes to the model.
type (
	notice  repl.Notice
	ended   struct{ err error }
	drawn   struct{}
	printed struct{}
	output  string
	recalls struct {
		items   []string
		entered int
	}
	ticked struct{ began time.Time }
	offer  struct {
		text     string
		at, from int
		options  []inspect.ReplOption
	}
)

// Init is tea.Model's.
func (m *model) Init() tea.Cmd {
	return tea.Batch(m.recall(), tea.Tick(2*time.Second/fps, func(time.Time) tea.Msg { return drawn{} }))
}

// recall reads the history, which other REPLs write as well.
func (m *model) recall() tea.Cmd {
	entered := m.edit.Entered()
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, 2*time.Second)
		defer cancel()
		items, err := m.o.Session.History(ctx)
		if err != nil {
			return nil
		}
		return recalls{items, entered}
	}
}

// fps is how often the screen is drawn at most.
const fps = 60

// Update is tea.Model's. What comes before the first frame was drawn waits for
// it: until then the renderer doesn't know where the input stands, and would
// print to the top of the screen.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(drawn); ok {
		m.drawn = true
		var cmds []tea.Cmd
		for _, msg := range m.early {
			cmds = append(cmds, m.take(msg))
		}
		m.early = nil
		return m, tea.Sequence(cmds...)
	}
	if _, size := msg.(tea.WindowSizeMsg); !m.drawn && !size {
		m.early = append(m.early, msg)
		return m, nil
	}
	return m, m.take(msg)
}

func (m *model) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(msg.Width, 4), max(msg.Height, 2)
	case tea.PasteMsg:
		m.edit.Paste(msg.Content)
	case tea.KeyPressMsg:
		if m.asking {
			m.typed = append(m.typed, msg)
			return nil
		}
		return m.act(m.edit.Press(msg))
	case recalls:
		m.edit.SetHistory(msg.items, msg.entered)
	case offer:
		return m.offered(msg)
	case notice:
		return m.print(m.text(msg.Parts))
	case ticked:
		if m.cancel != nil && m.began.Equal(msg.began) {
			m.seconds = int(time.Since(m.began).Seconds())
			return m.tick()
		}
	case output:
		return m.print(string(msg))
	case printed:
		if m.prints = false; len(m.waiting) > 0 {
			return m.flush()
		}
		if m.leaving {
			return tea.Quit
		}
	case ended:
		return m.ended(msg.err)
	}
	return nil
}

// act does what a key asked for.
func (m *model) act(a Action) tea.Cmd {
	switch a {
	case Submit:
		text := m.edit.Text()
		m.edit.Set("")
		if strings.TrimSpace(text) != "" {
			m.edit.Remember(text)
		}
		if m.cancel != nil {
			m.queue = append(m.queue, text)
			return nil
		}
		return m.run(text)
	case Interrupt:
		return m.interrupt()
	case End:
		return m.leave()
	case Complete:
		return m.complete()
	case Clear:
		return clearAll()
	case Suspend:
		return tea.Suspend
	}
	return nil
}

func (m *model) leave() tea.Cmd {
	m.leaving = true
	m.edit.Set("")
	if m.prints {
		return nil // then
	}
	return tea.Quit
}

// clearAll clears the terminal, of which the renderer has but the input.
func clearAll() tea.Cmd {
	return tea.Sequence(tea.Raw("\x1b[H\x1b[2J"), tea.ClearScreen)
}

// interrupt is Ctrl-C: it stops the line that runs, or forgets what is typed.
func (m *model) interrupt() tea.Cmd {
	if m.cancel != nil {
		m.cancel()
		m.queue = nil
		return nil
	}
	text := m.edit.Text()
	echo := m.echo(text)
	m.edit.Set("")
	if text == "" {
		return m.print(m.look.Muted("Ctrl-D or .exit ends"))
	}
	return m.print(echo)
}

// run evaluates an input; its answers come as messages.
func (m *model) run(text string) tea.Cmd {
	echo := m.print(m.echo(text))
	if strings.TrimSpace(text) == "" {
		return echo
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.cancel, m.began, m.seconds = cancel, time.Now(), 0
	eval := func() tea.Msg {
		defer cancel()
		return ended{m.o.Session.Eval(ctx, text, func(a inspect.ReplAnswer) {
			if s := m.answered(a); s != "" {
				m.send(output(s))
			}
		})}
	}
	return tea.Batch(echo, eval, m.tick())
}

// tick has the view tell how long a line has run; only while one does.
func (m *model) tick() tea.Cmd {
	began := m.began
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return ticked{began} })
}

// ended goes on after a line.
func (m *model) ended(err error) tea.Cmd {
	m.cancel = nil
	var cmds []tea.Cmd
	switch {
	case errors.Is(err, repl.ErrExit):
		return m.leave()
	case errors.Is(err, repl.ErrClear):
		cmds = append(cmds, clearAll())
	case err != nil && m.ctx.Err() == nil && !errors.Is(err, context.Canceled):
		cmds = append(cmds, m.print(m.text([]inspect.ReplPart{{Style: "error", Text: err.Error()}})))
	}
	if len(m.queue) > 0 {
		next := m.queue[0]
		m.queue = m.queue[1:]
		return tea.Batch(append(cmds, m.run(next))...)
	}
	return tea.Batch(append(cmds, m.recall())...)
}

// complete asks for words.
func (m *model) complete() tea.Cmd {
	text, at := m.edit.Text(), m.edit.Cursor()
	m.asking = true
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, completeTime)
		defer cancel()
		from, options, err := m.o.Session.Complete(ctx, text, at)
		if err != nil {
			options = nil
		}
		return offer{text, at, from, options}
	}
}

// completeTime is how long keys wait for an answer to Tab.
const completeTime = 300 * time.Millisecond

// offered takes the words, and the keys that were typed meanwhile.
func (m *model) offered(o offer) tea.Cmd {
	m.asking = false
	m.edit.Offer(o.text, o.at, o.from, o.options)
	keys := m.typed
	m.typed = nil
	var cmds []tea.Cmd
	for _, k := range keys {
		cmds = append(cmds, m.take(k))
	}
	return tea.Sequence(cmds...)
}

// print puts text above the input, behind what was printed before: commands by
// themselves have no order.
func (m *model) print(text string) tea.Cmd {
	m.waiting = append(m.waiting, strings.TrimRight(text, "\n"))
	if m.prints {
		return nil
	}
	return m.flush()
}

// flush prints what waits, in parts that fit the screen.
func (m *model) flush() tea.Cmd {
	lines := strings.Split(strings.Join(m.waiting, "\n"), "\n")
	m.waiting, m.prints = nil, true
	room := max(m.height-4, 1)
	var cmds []tea.Cmd
	var part []string
	rows := 0
	for _, l := range lines {
		n := 1 + max(ansi.StringWidth(l)-1, 0)/m.width
		if rows+n > room && len(part) > 0 {
			cmds = append(cmds, tea.Println(strings.Join(part, "\n")))
			part, rows = nil, 0
		}
		part, rows = append(part, l), rows+n
	}
	cmds = append(cmds, tea.Println(strings.Join(part, "\n")), func() tea.Msg { return printed{} })
	return tea.Sequence(cmds...)
}

// prompt names the actor in use, by the end of its key if the terminal is narrow.
func (m *model) prompt() string {
	p := m.o.Session.Prompt()
	if n, most := ansi.StringWidth(p), max(m.width/2, 8); n > most {
		return ansi.TruncateLeft(p, n-most+1, "…")
	}
	return p
}

// echo is an input as it stands above, once it was taken.
func (m *model) echo(text string) string {
	var b strings.Builder
	b.WriteString(m.look.Prompt(m.o.Safe(m.prompt())))
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("\n" + m.look.Muted(goesOn))
		}
		b.WriteString(m.o.Safe(line))
	}
	return b.String()
}

func (m *model) text(parts []inspect.ReplPart) string {
	return repl.Render(parts, m.o.Color, m.o.Safe)
}

// answered is what came of an input.
func (m *model) answered(a inspect.ReplAnswer) string {
	var out []string
	for _, n := range a.Notes {
		if n.Kind != "reload" { // that was told when it was
			out = append(out, m.look.Muted(m.o.Safe(n.Text)))
		}
	}
	for _, l := range a.Logs {
		style := map[string]string{"error": "error", "warn": "number"}[l.Level]
		out = append(out, m.text([]inspect.ReplPart{{Style: style, Text: l.Message}}))
	}
	if a.Output != nil && a.Output.Text != "" {
		out = append(out, m.text(a.Output.Parts))
	}
	if a.Error != nil {
		out = append(out, m.text(a.Error.Parts))
	}
	return strings.Join(out, "\n")
}

// View is tea.Model's.
func (m *model) View() tea.View {
	if m.leaving {
		return tea.NewView("")
	}
	var v tea.View
	height := m.height - 1
	var above []string
	if m.cancel != nil && m.seconds > 0 {
		above = append(above, m.look.Muted(ansi.Truncate(fmt.Sprintf("running, %d s; Ctrl-C stops it", m.seconds), m.width-1, "…")))
	}
	if m.cancel != nil && m.edit.Text() == "" {
		v.Content = strings.Join(append(above, ""), "\n")
		return v
	}
	rows, x, y := m.edit.View(m.prompt(), m.width, height-len(above), m.look)
	v.Content = strings.Join(append(above, rows...), "\n")
	v.Cursor = tea.NewCursor(x, y+len(above))
	return v
}

func plural(n int, what string) string { return fmt.Sprintf("%d %s", n, what) }
