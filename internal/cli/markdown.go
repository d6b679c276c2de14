package cli

import (
	"regexp"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	lipgrid "charm.land/lipgloss/v2/table"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// markdown draws a page of Markdown for a terminal of a width. link says what a
// link to a place reads as behind its text; "" for nothing.
func markdown(source []byte, width int, color bool, link func(to string) string) string {
	m := &drawing{source: source, link: link, color: color}
	if color {
		plain := lipgloss.NewStyle()
		m.title = plain.Bold(true).Foreground(lipgloss.Cyan)
		m.code = plain.Foreground(lipgloss.Yellow)
		m.strong, m.faint = plain.Bold(true), plain.Faint(true)
		m.emph, m.anchor = plain.Italic(true), plain.Underline(true).UnderlineSpaces(true)
	}
	doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(source))
	return strings.TrimRight(m.blocks(doc, max(width, 20)), "\n") + "\n"
}

type drawing struct {
	color                                    bool
	source                                   []byte
	link                                     func(to string) string
	title, code, strong, emph, anchor, faint lipgloss.Style
}

// blocks draws the blocks of a node, an empty line between two.
func (m *drawing) blocks(parent ast.Node, width int) string {
	var out []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if s := m.block(n, width); s != "" {
			out = append(out, strings.TrimRight(s, "\n"))
		}
	}
	sep := "\n\n"
	if l, ok := parent.Parent().(*ast.List); ok && l.IsTight {
		sep = "\n"
	}
	return strings.Join(out, sep)
}

func (m *drawing) block(n ast.Node, width int) string {
	switch n := n.(type) {
	case *ast.Heading:
		title := m.plain(n)
		if !m.color && n.Level > 1 {
			title = strings.Repeat("#", n.Level-1) + " " + title
		}
		return wrap(m.title.Render(title), width)
	case *ast.Paragraph, *ast.TextBlock:
		return wrap(m.inline(n), width)
	case *ast.FencedCodeBlock:
		return m.codeBlock(n, string(n.Language(m.source)))
	case *ast.CodeBlock:
		return m.codeBlock(n, "")
	case *ast.List:
		return m.list(n, width)
	case *ast.Blockquote:
		return indented(m.blocks(n, width-2), m.faint.Render("│")+" ")
	case *ast.ThematicBreak:
		return m.faint.Render(strings.Repeat("─", width))
	case *east.Table:
		return m.table(n, width)
	case *ast.HTMLBlock:
		return ""
	}
	return m.blocks(n, width)
}

// lineEnd is spaces at a line's end, perhaps before what ends a style.
var lineEnd = regexp.MustCompile(` +((?:\x1b\[[0-9;]*m)*)$`)

// wrap breaks lines between words; the space at a break isn't kept.
func wrap(s string, width int) string {
	lines := strings.Split(lipgloss.Wrap(s, width, ""), "\n")
	for i := range lines {
		lines[i] = lineEnd.ReplaceAllString(lines[i], "$1")
	}
	return strings.Join(lines, "\n")
}

func indented(s, with string) string {
	return with + strings.ReplaceAll(s, "\n", "\n"+with)
}

// codeBlock keeps lines as they are: a sample must be right to copy. In a
// console's sample what is typed stands out.
func (m *drawing) codeBlock(n ast.Node, language string) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		line := strings.TrimRight(string(seg.Value(m.source)), "\r\n")
		style := m.code
		if language == "console" {
			if style = m.faint; strings.HasPrefix(line, "$ ") {
				style = m.code
			}
		}
		b.WriteString("    ")
		if line != "" {
			b.WriteString(style.Inline(true).Render(strings.ReplaceAll(line, "\t", "    ")))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (m *drawing) list(l *ast.List, width int) string {
	var out []string
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "• "
		if l.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		pad := strings.Repeat(" ", lipgloss.Width(mark))
		text := m.blocks(item, width-len(pad)-1)
		out = append(out, " "+mark+strings.TrimPrefix(indented(text, pad+" "), pad+" "))
	}
	sep := "\n"
	if !l.IsTight {
		sep = "\n\n"
	}
	return strings.Join(out, sep)
}

func (m *drawing) table(n *east.Table, width int) string {
	t := lipgrid.New().Border(lipgloss.NormalBorder()).BorderStyle(m.faint).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).BorderColumn(false).BorderRow(false)
	var widths []int
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, m.inline(c))
			if len(widths) < len(cells) {
				widths = append(widths, 0)
			}
			i := len(cells) - 1
			widths[i] = max(widths[i], lipgloss.Width(cells[i])+2)
		}
		if _, ok := row.(*east.TableHeader); ok {
			for i := range cells {
				cells[i] = m.strong.Render(cells[i])
			}
			t.Headers(cells...)
		} else {
			t.Row(cells...)
		}
	}
	t.StyleFunc(func(_, col int) lipgloss.Style { return lipgloss.NewStyle().PaddingRight(2) })
	sum := 0
	for _, w := range widths {
		sum += w
	}
	if sum > width {
		t.Width(width)
	}
	lines := strings.Split(t.Render(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// inline draws text with its marks on one line.
func (m *drawing) inline(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(string(n.Segment.Value(m.source)))
			if n.HardLineBreak() {
				b.WriteByte('\n')
			} else if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.CodeSpan:
			b.WriteString(m.code.Inline(true).Render(m.plain(n)))
		case *ast.Emphasis:
			style := m.emph
			if n.Level > 1 {
				style = m.strong
			}
			b.WriteString(style.Inline(true).Render(m.inline(n)))
		case *ast.Link:
			b.WriteString(m.anchor.Inline(true).Render(m.plain(n)))
			if to := m.link(string(n.Destination)); to != "" {
				b.WriteString(" " + m.faint.Inline(true).Render("("+to+")"))
			}
		case *ast.AutoLink:
			b.WriteString(m.anchor.Inline(true).Render(string(n.URL(m.source))))
		case *ast.RawHTML:
		default:
			b.WriteString(m.inline(n))
		}
	}
	return b.String()
}

// plain is the text of a node without marks.
func (m *drawing) plain(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(m.source))
			if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		default:
			b.WriteString(m.plain(n))
		}
	}
	return b.String()
}
