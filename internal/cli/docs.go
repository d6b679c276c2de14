package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/docs"
	"github.com/rivetdev/rivet/internal/errs"
)

// notFound: what was asked for isn't there.
const notFound errs.Code = "not_found"

// docsWidth is the longest line that is comfortable to read.
const docsWidth = 100

func newDocsCommand(a *App) *cobra.Command {
	var search string
	cmd := &cobra.Command{
		Use:   "docs [TOPIC]",
		Short: "Read the documentation, here in the terminal",
		Long: `Print a page of the documentation that this rivet came with; without a TOPIC
list the pages. In a pipe it is Markdown.`,
		Example: `  rivet docs
  rivet docs state
  rivet docs --search 'public token'
  rivet docs cli | less`,
		Args: between(0, 1, "one TOPIC at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			pages, err := docs.Pages()
			if err != nil {
				return fmt.Errorf("read the pages: %w", err)
			}
			ctx := cmd.Context()
			switch {
			case cmd.Flags().Changed("search") && len(args) > 0:
				return usage("a TOPIC and --search exclude each other").pointAt(args[0])
			case cmd.Flags().Changed("search"):
				return a.searchPages(ctx, pages, search)
			case len(args) > 0:
				return a.printPage(ctx, pages, args[0])
			}
			return a.listPages(ctx, pages)
		},
	}
	cmd.Flags().StringVar(&search, "search", "", "list the places that have all the words of `TEXT`")
	return cmd
}

func (a *App) listPages(ctx context.Context, pages []docs.Page) error {
	if a.global.json {
		return a.printJSON(ctx, pages)
	}
	t := &table{cols: []column{{head: "TOPIC"}, {head: "TITLE", drop: 1}, {head: "ABOUT", least: 20}}}
	for _, p := range pages {
		t.add(word(p.Topic).painted(painter.cyan), word(p.Title), word(p.About))
	}
	if err := a.printTable(t); err != nil {
		return err
	}
	if a.OutTTY {
		a.note("rivet docs TOPIC prints one, rivet docs --search TEXT looks in all")
	}
	return nil
}

// topicOf is what a topic may also be written as: a file, a title.
func topicOf(s string) string {
	s = strings.TrimPrefix(strings.ToLower(s), "docs/")
	return strings.ReplaceAll(strings.TrimSuffix(s, ".md"), " ", "-")
}

func (a *App) printPage(ctx context.Context, pages []docs.Page, topic string) error {
	i := slices.IndexFunc(pages, func(p docs.Page) bool { return p.Topic == topicOf(topic) || topicOf(p.Title) == topicOf(topic) })
	if i < 0 {
		names := make([]string, len(pages))
		for i, p := range pages {
			names[i] = p.Topic
		}
		return (&failure{says: errs.New(notFound, "there is no page %q", topic)}).pointAt(topic).
			hint("%s", suggestion(topicOf(topic), names, "rivet docs lists the pages; rivet docs --search looks in them"))
	}
	page := pages[i]
	switch {
	case a.global.json:
		return a.printJSON(ctx, struct {
			docs.Page
			Markdown string `json:"markdown"`
		}{page, page.Text})
	case !a.OutTTY:
		_, err := io.WriteString(a.Out, page.Text)
		return err
	}
	link := func(to string) string { return linkText(pages, to) }
	_, err := io.WriteString(a.Out, markdown([]byte(page.Text), min(a.width(), docsWidth), a.colorOut(), link))
	return err
}

// linkText is what is printed behind a link: the command that prints the page, or
// the address; nothing for a place in the same page or in the source.
func linkText(pages []docs.Page, to string) string {
	if strings.Contains(to, "://") {
		return to
	}
	file, _, _ := strings.Cut(to, "#")
	for _, p := range pages {
		if file == p.Topic+".md" {
			return "rivet docs " + p.Topic
		}
	}
	return ""
}

// found is a place that has what was searched for.
type found struct {
	Topic   string `json:"topic"`
	Heading string `json:"heading"`
	Line    int    `json:"line"`
	Text    string `json:"text"`
}

// searchPages lists the lines that have any of the words, of sections that have all.
func (a *App) searchPages(ctx context.Context, pages []docs.Page, search string) error {
	words := strings.Fields(strings.ToLower(search))
	if len(words) == 0 {
		return usage("--search takes the words to look for")
	}
	hits := []found{}
	for _, p := range pages {
		hits = append(hits, searchPage(p, words)...)
	}
	if len(hits) == 0 {
		return (&failure{says: errs.New(notFound, "no page has %q", search)}).pointAt(search).hint("rivet docs lists the pages")
	}
	if a.global.json {
		return a.printJSON(ctx, hits)
	}
	t := &table{cols: []column{{head: "TOPIC"}, {head: "SECTION", least: 12}, {head: "LINE", right: true, drop: 1}, {head: "TEXT", least: 30}}}
	for _, h := range hits {
		t.add(word(h.Topic).painted(painter.cyan), word(h.Heading), number(h.Line).painted(painter.dim), word(h.Text))
	}
	return a.printTable(t)
}

func searchPage(p docs.Page, words []string) []found {
	var hits, section []found
	heading, has := p.Title, map[string]bool{}
	flush := func() {
		if len(has) == len(words) {
			hits = append(hits, section...)
		}
		section, has = nil, map[string]bool{}
	}
	fenced := false
	for i, line := range strings.Split(p.Text, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if !fenced && strings.HasPrefix(line, "#") {
			flush()
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
		lower, here := strings.ToLower(line), false
		for _, w := range words {
			if strings.Contains(lower, w) {
				has[w], here = true, true
			}
		}
		if here {
			section = append(section, found{p.Topic, heading, i + 1, strings.TrimSpace(line)})
		}
	}
	flush()
	return hits
}

// topics are the pages, for completion.
func (c *completer) topics() proposals {
	p := nothing(c)
	p.then |= cobra.ShellCompDirectiveKeepOrder
	pages, err := docs.Pages()
	if err != nil {
		return p
	}
	for _, page := range pages {
		c.prefixed(&p, page.Topic, page.Title)
	}
	return p
}
