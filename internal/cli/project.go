package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/errs"
)

// serverFlags are the flags by which `rivet dev` and `rivet config` set values.
type serverFlags struct {
	host, data, logLevel, logFormat, port string
	memory, noReload, noStudio, open, tui bool
}

func (s *serverFlags) register(f *pflag.FlagSet) {
	s.registerServe(f)
	f.BoolVar(&s.memory, "memory", false, "keep the data in memory alone")
	f.BoolVar(&s.noReload, "no-reload", false, "don't put new code in when a file is saved")
	f.BoolVar(&s.noStudio, "no-studio", false, "don't serve the Studio")
	f.BoolVar(&s.open, "open", false, "open the Studio in a browser")
	f.BoolVar(&s.tui, "tui", false, "show the terminal interface; q goes back to plain output")
}

// registerServe are the flags of `rivet serve`, which the others have too.
func (s *serverFlags) registerServe(f *pflag.FlagSet) {
	f.StringVar(&s.host, "host", "", "listen on `ADDRESS` (127.0.0.1)")
	f.StringVar(&s.port, "port", "", "listen on port `N` (8080, or the next free one; 0: any)")
	f.StringVar(&s.data, "data", "", "keep the data in `DIR` (.rivet)")
	f.StringVar(&s.logLevel, "log-level", "", "print logs from `LEVEL` on: trace, debug, info, warn, error, critical")
	f.StringVar(&s.logFormat, "log-format", "", "print as `FORMAT`: auto, text or json")
}

// settings are the flags that were given.
func (s *serverFlags) settings(f *pflag.FlagSet) []config.Flag {
	var out []config.Flag
	add := func(name, key, text string) {
		if f.Changed(name) {
			out = append(out, config.Flag{Key: key, Text: text, Name: "--" + name})
		}
	}
	not := func(b bool) string {
		if b {
			return "false"
		}
		return "true"
	}
	add("host", "host", s.host)
	add("port", "port", s.port)
	add("data", "data", s.data)
	if s.memory {
		add("memory", "storage.type", "memory")
	}
	add("no-reload", "dev.reload", not(s.noReload))
	add("no-studio", "studio.enabled", not(s.noStudio))
	add("open", "dev.open", not(!s.open))
	add("tui", "dev.tui", not(!s.tui))
	add("log-level", "log.level", s.logLevel)
	add("log-format", "log.format", s.logFormat)
	return out
}

func firstOf(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return ""
}

// project is a project's directory and configuration.
type project struct {
	dir    string
	config *config.Resolved
}

// openProject finds the project that arg ("" or the entry, a file or a
// directory) is about, and reads its configuration.
func (a *App) openProject(arg string, flags []config.Flag) (*project, error) {
	return a.openProjectWith(arg, config.Options{Flags: flags})
}

// openProjectWith is openProject with options of Load's; Dir, Cwd and Environ
// are set here.
func (a *App) openProjectWith(arg string, o config.Options) (*project, error) {
	dir, err := a.projectDir(arg)
	if err != nil {
		return nil, err
	}
	if path := a.path(arg); arg != "" && path != dir {
		o.Flags = append(o.Flags, config.Flag{Key: "entry", Text: path, Name: "[entry]"})
	}
	o.Dir, o.Cwd, o.Environ = dir, a.Cwd, a.Environ
	c, err := config.Load(o)
	if err != nil {
		return nil, err
	}
	for _, n := range c.Notes {
		a.note("%s", n)
	}
	return &project{dir: dir, config: c}, nil
}

// projectDir is the directory of the project: arg if that is a directory, else
// the nearest one upwards from the entry or the working directory with
// rivet.yaml or .rivet, else where the entry is, or the working directory.
func (a *App) projectDir(arg string) (string, error) {
	from := a.Cwd
	if arg != "" {
		path := a.path(arg)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", usage("there is no file %s", arg).pointAt(arg).hint("name the file that defines the actors, or its directory")
		case err != nil:
			return "", usage("%s can't be read: %s", arg, errors.Unwrap(err)).pointAt(arg)
		case info.IsDir():
			return path, nil
		}
		from = filepath.Dir(path)
	}
	found, err := client.FindProject(from, a.env["HOME"])
	if err != nil {
		return "", err
	}
	if found != "" {
		return found, nil
	}
	if rel, err := filepath.Rel(a.Cwd, from); err == nil && filepath.IsLocal(rel) {
		return a.Cwd, nil
	}
	return from, nil
}

// entry is the absolute path of the entry file; none is wrong usage.
func (p *project) entry() (string, error) {
	if e := p.config.EntryFile(); e != "" {
		if info, err := os.Stat(e); err != nil || info.IsDir() {
			return "", errs.New(errs.ConfigInvalid, "there is no entry file %s", e).
				WithHint("%s names it", originName(p.config.Origin("entry")))
		}
		return e, nil
	}
	e, err := bundle.FindEntry(p.dir)
	if err != nil {
		no := errs.As(err)
		return "", errs.New(errs.Usage, "%s", no.Msg).WithHint("%s", no.Hint)
	}
	return e, nil
}

func originName(o config.Origin) string {
	if o.At != "" {
		return o.At
	}
	if o.Name != "" {
		return o.Name
	}
	return string(o.Layer)
}
