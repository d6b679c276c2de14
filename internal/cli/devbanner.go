package cli

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/actor"
)

// header prints the first line of a server that can't serve yet, once, for people.
func (r *devRun) header(state string) {
	r.mu.Lock()
	headed := r.headed
	r.headed = true
	r.mu.Unlock()
	if !headed && r.out.style == pretty {
		r.out.print(actor.LogInfo, "", "\n"+r.title(state)+"\n")
	}
}

func (h *hosting) title(state string) string {
	p := h.out.paint
	return fmt.Sprintf("  %s %s   %s   %s", p.bold("rivet"), h.o.App.Build.Version, h.out.safe(h.o.Name()), p.dim(state))
}

// banner tells that the server serves, and where.
func (r *devRun) banner() {
	r.mu.Lock()
	r.headed = true
	r.mu.Unlock()
	t := time.Since(r.began)
	url, _ := r.address()
	reg := r.daemon.Registry()
	names := actorNames(reg)
	try := tryCall(reg, names)
	r.remarks()
	state := fmt.Sprintf("ready in %d ms", t.Milliseconds())
	r.out.print(actor.LogInfo, "ready", r.lead(state, names, try), pair{"version", r.o.App.Build.Version}, pair{"project", r.o.Name()},
		pair{"url", url + "/registry"}, pair{"port", r.daemon.Port()}, pair{"actors", names}, pair{"try", try}, pair{"ms", msOf(t)})
}

// remarks are about where this server listens.
func (h *hosting) remarks() {
	if asked := h.config.Port; asked != 0 && asked != h.daemon.Port() {
		h.note(actor.LogInfo, "port_taken", fmt.Sprintf("port %d is taken, so this is port %d", asked, h.daemon.Port()),
			pair{"asked", asked}, pair{"port", h.daemon.Port()})
	}
	if public(h.config.Host) && !h.o.Production {
		h.note(actor.LogWarn, "public_address", "listening on "+h.config.Host+": other machines can reach this development server",
			pair{"host", h.config.Host})
	}
}

// lead is the banner for people.
func (r *devRun) lead(state string, names []string, try string) string {
	p := r.out.paint
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", r.title(state))
	row := func(label, text string) {
		if strings.HasSuffix(label, "\n ") {
			fmt.Fprintf(&b, "  %s %s\n", p.dim(label), text)
			return
		}
		fmt.Fprintf(&b, "  %s%s%s\n", p.dim(label), strings.Repeat(" ", max(11-len(label), 1)), text)
	}
	_, shown := r.address()
	row("Registry", p.cyan(shown+"/registry"))
	if url := r.studioURL(); url != "" {
		if r.o.App.OutTTY {
			url += "#t=" + r.daemon.Settled().Studio.Token
		}
		label := "Studio"
		if w := r.out.columns(); w > 0 && w < 13+len(url) && w >= 2+len(url) {
			label += "\n " // on a line of its own it is whole, and can be clicked
		}
		row(label, p.cyan(url))
	}
	if len(names) > 0 {
		row("Actors", r.out.safe(r.hanging(strings.Join(names, ", "), 13)))
	} else {
		row("Actors", p.dim("none yet"))
	}
	if try != "" {
		row("Try", r.out.safe(try))
	}
	if r.keys != nil {
		fmt.Fprintf(&b, "\n  %s\n", p.dim("press h for the keys"))
	}
	return b.String()
}

// hanging breaks text at the terminal's width, what follows indented.
func (h *hosting) hanging(text string, indent int) string { return hang(text, indent, h.out.columns()) }

// hang breaks text at a width, what follows indented; 0: nowhere.
func hang(text string, indent, width int) string {
	if width == 0 {
		return text
	}
	return strings.ReplaceAll(ansi.Wordwrap(text, max(width-indent, 20), ""), "\n", "\n"+strings.Repeat(" ", indent))
}

// studioURL is where the Studio is, "" if it is off.
func (h *hosting) studioURL() string {
	if h.daemon.Settled().Studio.Token == "" {
		return ""
	}
	if own := h.daemon.StudioAddr(); own != "" {
		host, port, _ := net.SplitHostPort(own)
		return "http://" + net.JoinHostPort(shownHost(host), port) + "/studio/"
	}
	_, shown := h.address()
	return shown + "/studio/"
}
