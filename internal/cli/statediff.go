package cli

import (
	"fmt"
	"strings"

	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// unknown stands for a tree that isn't known: a tree has no undefined.
var unknown value.Value = value.Undefined{}

// maxDiff is how many operations are shown one by one.
const maxDiff = 40

// diffText is what a patch does to tree, a line an operation:
//
//	~ /count  5 → 6
//	+ /tags/2  "c"
//	- /old  true
//
// Of a tree that isn't known (unknown) only what comes is shown.
func (a *App) diffText(p painter, tree value.Value, patch inspect.Patch, width int) string {
	var b strings.Builder
	for i, o := range patch {
		if i == maxDiff {
			fmt.Fprintf(&b, "  … %d more\n", len(patch)-i)
			break
		}
		was, err := inspect.At(tree, o.Path)
		path := o.Path
		if path == "" {
			path = "(all)"
		}
		var line []piece
		_, blind := tree.(value.Undefined)
		switch {
		case blind && o.Op != "remove" && o.From == "":
			line = []piece{{"~ " + path, painter.yellow}, {"  " + briefly(o.Value), nil}}
		case blind && o.Op == "remove":
			line = []piece{{"- " + path, painter.red}}
		case o.Op == "remove":
			line = []piece{{"- " + path, painter.red}, {"  " + briefly(was), nil}}
		case o.Op == "replace" || o.Op == "add" && err == nil && !inArray(tree, o.Path):
			old := ansiCut(briefly(was), max(10, width/3))
			line = []piece{{"~ " + path, painter.yellow}, {"  " + old, painter.dim}, {" → ", painter.dim}, {briefly(o.Value), nil}}
		case o.Op == "add":
			line = []piece{{"+ " + path, painter.green}, {"  " + briefly(o.Value), nil}}
		default:
			line = []piece{{o.Op + " " + path, painter.yellow}, {"  from " + o.From, nil}}
		}
		b.WriteString("  " + fitPieces(p, width-2, line) + "\n")
		if blind {
			continue
		}
		if tree, err = inspect.Apply(tree, inspect.Patch{o}); err != nil {
			break // the server says what is wrong with it
		}
	}
	return b.String()
}

// parent is the pointer of what holds the place at pointer.
func parent(pointer string) string {
	return pointer[:max(0, strings.LastIndexByte(pointer, '/'))]
}

// inArray reports whether the place at pointer is one of an array's.
func inArray(tree value.Value, pointer string) bool {
	if pointer == "" {
		return false
	}
	in, err := inspect.At(tree, parent(pointer))
	_, array := in.(*value.Array)
	return err == nil && array
}

// touched are the places that a patch of tree changes. What comes into an array
// or leaves it moves what stands behind it, so that the array as a whole counts.
func touched(tree value.Value, patch inspect.Patch) []string {
	var out []string
	for _, o := range patch {
		paths := []string{o.Path}
		switch o.Op {
		case "test":
			continue
		case "move":
			paths = append(paths, o.From)
		}
		for _, path := range paths {
			if o.Op != "replace" && inArray(tree, path) {
				path = parent(path)
			}
			out = append(out, path)
		}
		next, err := inspect.Apply(tree, inspect.Patch{o})
		if err != nil {
			return out
		}
		tree = next
	}
	return out
}

// overlaps reports whether two patches of tree change the same place, or one
// changes what holds a place of the other.
func overlaps(tree value.Value, a, b inspect.Patch) bool {
	theirs := touched(tree, b)
	for _, x := range touched(tree, a) {
		for _, y := range theirs {
			if x == y || strings.HasPrefix(x, y+"/") || strings.HasPrefix(y, x+"/") {
				return true
			}
		}
	}
	return false
}

// merge is mine, a patch of base, for what theirs made of base; ok is false if
// they touch the same place.
func merge(base value.Value, mine, theirs inspect.Patch) (now value.Value, ok bool) {
	if overlaps(base, mine, theirs) {
		return nil, false
	}
	now, err := inspect.Apply(base, theirs)
	if err != nil {
		return nil, false
	}
	if _, err := inspect.Apply(now, mine); err != nil {
		return nil, false
	}
	return now, true
}
