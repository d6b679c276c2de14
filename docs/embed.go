// Package docs has the pages that ship in the binary: every .md file of this
// directory. README.md is their index.
package docs

import (
	"embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed *.md
var files embed.FS

// Page is one page.
type Page struct {
	Topic string `json:"topic"` // its file name without .md
	Title string `json:"title"`
	About string `json:"about"` // one line, of the index
	Text  string `json:"-"`     // Markdown
}

// Pages are all pages: those that the index has, in its order, then others.
func Pages() ([]Page, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	index, err := files.ReadFile("README.md")
	if err != nil {
		return nil, err
	}
	order, about := rows(string(index))
	var pages []Page
	for _, e := range entries {
		topic := strings.TrimSuffix(e.Name(), ".md")
		if topic == "README" {
			continue
		}
		text, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		title, _, _ := strings.Cut(string(text), "\n")
		pages = append(pages, Page{Topic: topic, Title: strings.TrimPrefix(title, "# "), About: about[topic], Text: string(text)})
	}
	place := func(p Page) int {
		if i := slices.Index(order, p.Topic); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(pages, func(a, b Page) int { return place(a) - place(b) })
	return pages, nil
}

// rows are the topics of the index's table, and what it says of each.
func rows(index string) (order []string, about map[string]string) {
	link := regexp.MustCompile(`\]\(([\w-]+)\.md\)`)
	about = map[string]string{}
	for _, line := range strings.Split(index, "\n") {
		cells := strings.Split(line, "|")
		links := link.FindAllStringSubmatch(line, -1)
		if len(cells) < 4 {
			for _, m := range links { // in the text
				order = append(order, m[1])
			}
			continue
		}
		for _, m := range links {
			order = append(order, m[1])
			about[m[1]] = strings.TrimSpace(cells[2])
		}
	}
	return order, about
}
