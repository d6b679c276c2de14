package studio

import (
	"fmt"
	"strings"
	"time"

	"github.com/clipperhouse/displaywidth"

	"github.com/rivetdev/rivet/internal/actor"
)

// table aligns rows under a head; none is said if there are none.
func table(rows [][]string, none string) []actor.LinePart {
	if len(rows) < 2 {
		return []actor.LinePart{{Style: "muted", Text: none}}
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], displaywidth.String(cell))
		}
	}
	var parts []actor.LinePart
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-displaywidth.String(cell)+2))
			}
		}
		style := ""
		if n == 0 {
			style = "muted"
		}
		parts = append(parts, actor.LinePart{Style: style, Text: strings.TrimRight(b.String(), " ") + "\n"})
	}
	return trimmed(parts, none)
}

func clock(ms int64) string { return time.UnixMilli(ms).Format("15:04:05") }

// ago is how long something has been so, due when it will be.
func ago(ms int64) string { return roughly(time.Since(time.UnixMilli(ms))) + " ago" }

func due(ms int64) string {
	d := time.Until(time.UnixMilli(ms))
	if d <= 0 {
		return "now"
	}
	return "in " + roughly(d)
}

func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
