package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// cantOpen: there is no program to show something with.
const cantOpen errs.Code = "cant_open"

// browse opens a URL in a browser: $BROWSER, else the system's.
func (a *App) browse(url string) error {
	var argv []string
	switch {
	case a.env["BROWSER"] != "":
		argv = strings.Fields(a.env["BROWSER"])
	case runtime.GOOS == "darwin":
		argv = []string{"open"}
	case runtime.GOOS == "windows":
		argv = []string{"rundll32", "url.dll,FileProtocolHandler"}
	default:
		for _, name := range []string{"wslview", "xdg-open"} {
			if _, err := exec.LookPath(name); err == nil {
				argv = []string{name}
				break
			}
		}
	}
	if len(argv) == 0 {
		return errs.New(cantOpen, "there is no browser here").WithHint("set BROWSER, or open the address by hand")
	}
	return startAlone(append(argv, url))
}

// startAlone starts a program with a window of its own, which outlives us.
func startAlone(argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	if err := cmd.Start(); err != nil {
		return errs.New(cantOpen, "%s can't be started: %v", argv[0], err)
	}
	go func() { _ = cmd.Wait() }() // as long as the program, or as we, live
	return nil
}

// editors with a window, by how they take a place.
var windowed = map[string]func(file string, line, col int) []string{
	"code": gotoFlag, "code-insiders": gotoFlag, "codium": gotoFlag, "vscodium": gotoFlag, "cursor": gotoFlag, "windsurf": gotoFlag,
	"subl": colons, "zed": colons, "zeditor": colons, "atom": colons,
	"idea": jetbrains, "webstorm": jetbrains, "goland": jetbrains, "pycharm": jetbrains,
	"gvim": plusLine, "mvim": plusLine, "gedit": plusLine, "kate": kate, "mate": mate, "open": noPlace,
}

func gotoFlag(f string, l, c int) []string { return []string{"-g", fmt.Sprintf("%s:%d:%d", f, l, c)} }
func colons(f string, l, c int) []string   { return []string{fmt.Sprintf("%s:%d:%d", f, l, c)} }
func jetbrains(f string, l, c int) []string {
	return []string{"--line", fmt.Sprint(l), "--column", fmt.Sprint(c), f}
}
func plusLine(f string, l, _ int) []string { return []string{fmt.Sprintf("+%d", l), f} }
func kate(f string, l, c int) []string {
	return []string{"-l", fmt.Sprint(l), "-c", fmt.Sprint(c), f}
}
func mate(f string, l, c int) []string    { return []string{"-l", fmt.Sprintf("%d:%d", l, c), f} }
func noPlace(f string, _, _ int) []string { return []string{f} }

// inTerminal are editors that take +LINE; all others get the file alone.
var inTerminal = []string{"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mg", "ne"}

// editor is the command line that opens a file at a place, by $VISUAL or
// $EDITOR; window: it has a window of its own, and doesn't need the terminal.
// No shell reads it.
func (a *App) editor(file string, line, col int) (argv []string, window bool, err error) {
	say := a.env["VISUAL"]
	if say == "" {
		say = a.env["EDITOR"]
	}
	argv = strings.Fields(say)
	if len(argv) == 0 {
		return nil, false, errs.New(cantOpen, "there is no editor").WithHint("set VISUAL or EDITOR")
	}
	name := strings.TrimSuffix(filepath.Base(argv[0]), ".exe")
	if place, ok := windowed[name]; ok {
		return append(argv, place(file, line, col)...), true, nil
	}
	switch {
	case slices.Contains(inTerminal, name):
		return append(argv, plusLine(file, line, col)...), false, nil
	case name == "hx" || name == "helix":
		return append(argv, colons(file, line, col)...), false, nil
	}
	return append(argv, file), false, nil
}

// windowEditor is editor for who has no terminal to give: $VISUAL, $EDITOR, or
// one that is installed, if it has a window of its own.
func (a *App) windowEditor(file string, line, col int) ([]string, error) {
	argv, window, err := a.editor(file, line, col)
	if err == nil && window {
		return slices.DeleteFunc(argv, func(w string) bool { return w == "--wait" || w == "-w" }), nil
	}
	for _, name := range []string{"code", "cursor", "windsurf", "codium", "zed", "subl", "webstorm", "idea"} {
		if path, err := exec.LookPath(name); err == nil {
			return append([]string{path}, windowed[name](file, line, col)...), nil
		}
	}
	return nil, errs.New(cantOpen, "There is no editor here that has a window of its own.").
		WithHint("Set VISUAL to one, such as code or zed, and start rivet again.")
}

// runHere runs a program at our terminal and waits for it.
func (a *App) runHere(ctx context.Context, dir string, argv []string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, a.Environ
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.In, a.Out, a.Err
	if err := cmd.Run(); err != nil {
		return errs.New(cantOpen, "%s: %v", argv[0], err)
	}
	return nil
}
