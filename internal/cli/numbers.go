package cli

import (
	"regexp"
	"slices"
	"strings"
)

// Commands that take values, in which -5 is a number and no flag.
var valueCommands = []string{"call", "emit", "bench", "set"}

var negative = regexp.MustCompile(`^-(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

// mask stands before a number that pflag would take for a flag. No argument of
// a process can contain it.
const mask = "\x00"

// maskNumbers hides negative numbers from pflag; unmask gives them back.
func maskNumbers(args []string) []string {
	if !slices.ContainsFunc(args, func(s string) bool { return slices.Contains(valueCommands, s) }) {
		return args
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		if negative.MatchString(arg) {
			out[i] = mask + arg
		}
	}
	return out
}

func unmask(s string) string { return strings.ReplaceAll(s, mask, "") }

func unmaskAll(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = unmask(arg)
	}
	return out
}
