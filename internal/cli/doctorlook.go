package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store/sqlite"
)

// What is too little, or too slow, to go on without a word.
const (
	littleDisk  = 1 << 30
	noDisk      = 64 << 20
	slowSync    = 20 * time.Millisecond
	fewFiles    = 1024
	filesBeside = 256 // open beside the connections
)

// doctor looks at one thing after another.
type doctor struct {
	a      *App
	flags  []config.Flag
	dir    string
	config *config.Resolved
	server *client.Server // of this project, nil: none runs
	found  []finding
}

func (d *doctor) say(name, status, hint, format string, args ...any) {
	d.found = append(d.found, finding{Name: name, Status: status, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// fail says what an error says.
func (d *doctor) fail(name, status string, err error) {
	e := errs.As(err)
	d.say(name, status, strings.ReplaceAll(e.Hint, "\n", " "), "%s", e.Msg)
}

func (d *doctor) look(ctx context.Context, arg string) {
	v := d.a.version()
	d.say("version", fine, "", "rivet %s, %s, %s/%s", v.Version, v.Go, runtime.GOOS, runtime.GOARCH)
	if d.project(arg) {
		d.running(ctx)
		d.port()
		d.lock()
		d.disk()
		d.database(ctx)
		d.clock()
		d.files()
		d.editors()
	}
}

// project finds directory, configuration and entry; false: there is nothing
// more to look at.
func (d *doctor) project(arg string) bool {
	dir, err := d.a.projectDir(arg)
	if err != nil {
		d.fail("project", broken, err)
		return false
	}
	d.dir = dir
	d.say("project", fine, "", "%s", dir)
	flags := slices.Clone(d.flags)
	if path := d.a.path(arg); arg != "" && path != dir {
		flags = append(flags, config.Flag{Key: "entry", Text: path, Name: "[entry]"})
	}
	o := config.Options{Dir: dir, Cwd: d.a.Cwd, Environ: d.a.Environ, Flags: flags}
	c, err := config.Load(o)
	var invalid *config.Invalid
	switch {
	case errors.As(err, &invalid):
		for _, line := range invalid.Lines() {
			d.say("configuration", broken, "", "%s", line)
		}
		o.File, o.FileName, o.Environ, o.Flags = []byte{}, config.FileName, nil, nil
		if c, err = config.Load(o); err != nil {
			return false
		}
	case err != nil:
		d.fail("configuration", broken, err)
		return false
	default:
		d.configured(c)
	}
	d.config = c
	p := project{dir: dir, config: c}
	if entry, err := p.entry(); err != nil {
		d.fail("entry", broken, err)
	} else if rel, err := filepath.Rel(dir, entry); err == nil {
		d.say("entry", fine, "", "%s", rel)
	}
	return true
}

func (d *doctor) configured(c *config.Resolved) {
	where := "defaults"
	if c.File != "" {
		where = config.FileName
	}
	if len(c.Notes) == 0 {
		d.say("configuration", fine, "", "%s", where)
	}
	for _, n := range c.Notes {
		d.say("configuration", careful, "", "%s", n)
	}
}

// running looks whether the project's server runs, and is like us.
func (d *doctor) running(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, discoverTime)
	defer cancel()
	s, err := client.Discover(ctx, d.dir, client.DiscoverOptions{Home: d.a.env["HOME"]})
	switch {
	case errs.Is(err, errs.NoServer):
		d.say("server", fine, "", "none runs")
	case err != nil:
		d.fail("server", broken, err)
	case s.Version != d.a.version().Version:
		d.server = s
		d.say("server", careful, "start it again with this rivet, or use the one that runs it", "%s, process %d, is rivet %s", s.URL, s.PID, s.Version)
	default:
		d.server = s
		d.say("server", fine, "", "%s, process %d", s.URL, s.PID)
	}
}

// port looks whether the port is free on 127.0.0.1 and ::1, as a start does.
func (d *doctor) port() {
	port := strconv.Itoa(d.config.Port)
	if d.config.Port == 0 {
		d.say("port", fine, "", "any free one")
		return
	}
	if d.server != nil && strings.HasSuffix(d.server.URL, ":"+port) {
		d.say("port", fine, "", "%s, which the project's server has", port)
		return
	}
	hosts := []string{d.config.Host}
	if d.config.Host == "127.0.0.1" || d.config.Host == "localhost" {
		hosts = []string{"127.0.0.1", "::1"}
	}
	for _, h := range hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(h, port))
		if err == nil {
			_ = l.Close()
			continue
		}
		if h == "::1" && !strings.Contains(err.Error(), "in use") {
			continue // there is no IPv6 here
		}
		status, hint := broken, "stop what has it, or give another port"
		if !d.config.Asked("port") {
			status, hint = careful, "rivet dev takes the next free one; rivet serve doesn't start"
		}
		d.say("port", status, hint, "%s on %s is taken, or can't be listened on: %s", port, h, lastError(err))
		return
	}
	d.say("port", fine, "", "%s is free", port)
}

func lastError(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}

// lock says who has the data.
func (d *doctor) lock() {
	if d.config.Storage.Type == "memory" {
		return
	}
	pid, since, ok := sqlite.Holder(d.config.DataDir())
	switch {
	case d.server != nil && d.server.Data == d.config.DataDir():
		d.say("lock", fine, "", "the project's server has the data")
	case !ok || !alive(pid):
		d.say("lock", fine, "", "nobody has the data")
	default:
		d.say("lock", careful, "stop it, or use another data directory, if it is a rivet", "process %d may have the data: it took it %s",
			pid, since.Local().Format("2006-01-02 15:04:05"))
	}
}

// disk looks at the room where the data is, and at how fast it is written.
func (d *doctor) disk() {
	dir := existing(d.config.DataDir())
	free, known := freeBytes(dir)
	text := "the data is in " + d.config.DataDir()
	if known {
		text = fmt.Sprintf("%s free for %s", sizeText(free), d.config.DataDir())
	}
	switch {
	case known && free < noDisk:
		d.say("disk", broken, "make room, or give another directory with --data", "%s", text)
	case known && free < littleDisk:
		d.say("disk", careful, "make room: when the disk is full, actors refuse changes", "%s", text)
	default:
		d.say("disk", fine, "", "%s", text)
	}
	took, err := syncTime(dir)
	switch {
	case err != nil:
		d.say("write", broken, "check who may write there", "%s can't be written: %s", dir, reason(err))
	case took > slowSync:
		d.say("write", careful, "storage.sync: full waits for this with each change; a local disk is faster", "a write takes %s to be on disk", tookText(took.Microseconds()))
	default:
		d.say("write", fine, "", "a write takes %s to be on disk", tookText(took.Microseconds()))
	}
}

// existing is dir, or the nearest directory above it that is there.
func existing(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// syncTime is how long a small write takes to be on disk: the median of five.
func syncTime(dir string) (median time.Duration, err error) {
	f, err := os.CreateTemp(dir, ".rivet-doctor-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	var all []time.Duration
	for range 5 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[2], nil
}

func (d *doctor) database(ctx context.Context) {
	if d.config.Storage.Type == "memory" {
		d.say("database", fine, "", "none: storage.type is memory")
		return
	}
	n, err := sqlite.Verify(ctx, d.config.DataDir())
	switch {
	case err != nil:
		d.fail("database", broken, err)
	case n == 0:
		d.say("database", fine, "", "none yet")
	default:
		d.say("database", fine, "", "%s, whole", sizeText(n))
	}
}

// clock looks for a clock that was set back: schedules would run late.
func (d *doctor) clock() {
	now := time.Now()
	built, err := time.Parse(time.RFC3339, d.a.version().Date)
	info, statErr := os.Stat(filepath.Join(d.config.DataDir(), "rivet.db"))
	const hint = "set the clock: schedules go by it"
	switch {
	case err == nil && now.Before(built.Add(-24*time.Hour)):
		d.say("clock", broken, hint, "%s is before this rivet was built (%s)", now.Format("2006-01-02 15:04"), built.Format("2006-01-02"))
	case statErr == nil && info.ModTime().After(now.Add(time.Minute)):
		d.say("clock", careful, hint, "the data was last changed in the future (%s)", info.ModTime().Format("2006-01-02 15:04:05"))
	default:
		d.say("clock", fine, "", "%s", now.Format("2006-01-02 15:04 MST"))
	}
}

// files looks at how many files and sockets the process may have open.
func (d *doctor) files() {
	n, known := openFiles()
	want := uint64(d.config.Limits.Connections + filesBeside)
	switch {
	case !known:
	case n < fewFiles:
		d.say("open files", broken, "ulimit -n "+strconv.FormatUint(want, 10), "%d at most", n)
	case n < want:
		d.say("open files", careful, "ulimit -n "+strconv.FormatUint(want, 10)+", or lower limits.connections", "%d at most, for limits.connections of %d", n, d.config.Limits.Connections)
	default:
		d.say("open files", fine, "", "%s at most", manyText(n))
	}
}

func manyText(n uint64) string {
	if n > 1<<40 {
		return "any number"
	}
	return strconv.FormatUint(n, 10)
}

// editors looks at what editors read.
func (d *doctor) editors() {
	v := d.a.version().Version
	have, err := os.ReadFile(filepath.Join(d.dir, ".rivet", "sdk", "VERSION"))
	tsconfig, noConfig := os.ReadFile(filepath.Join(d.dir, "tsconfig.json"))
	switch got := strings.TrimSpace(string(have)); {
	case err != nil:
		d.say("types", careful, "rivet types", "editors have no types of the SDK")
	case got != v:
		d.say("types", careful, "rivet types", "the types in .rivet/sdk are those of rivet %s", got)
	case noConfig == nil && !bytes.Contains(tsconfig, []byte(".rivet/sdk")) && !installed(d.dir):
		d.say("types", careful, `in tsconfig.json, paths: "@rivetkit/actor": ["./.rivet/sdk/actor.ts"], "@rivetkit/actor/*": ["./.rivet/sdk/*.ts"]`,
			"tsconfig.json doesn't look in .rivet/sdk")
	default:
		d.say("types", fine, "", ".rivet/sdk has those of this version")
	}
	if noConfig != nil {
		d.say("tsconfig", careful, "rivet init writes one; without it editors guess", "there is no tsconfig.json")
	}
}

// installed reports whether the SDK's types come from npm.
func installed(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "node_modules", "@rivetkit", "actor"))
	return err == nil
}
