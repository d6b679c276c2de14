package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes; 64KiB, 1.5 MB and 65536 are ways to write one.
type Size int64

var binaryUnits = map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

var units = []struct {
	name  string
	bytes float64
}{ // longer names first: KiB before B
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1},
}

// ParseSize reads a size: a number of bytes, or a number and one of B, KB, KiB,
// MB, MiB, GB, GiB, TB, TiB.
func ParseSize(text string) (Size, error) {
	number, factor := strings.ToLower(strings.TrimSpace(text)), 1.0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, factor = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n*factor > math.MaxInt64/2 {
		return 0, fmt.Errorf("want a size such as 64KiB, 16MiB or a number of bytes")
	}
	return Size(n * factor), nil
}

// String is the size in the largest binary unit that leaves no rest.
func (s Size) String() string {
	for _, name := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if u := Size(binaryUnits[name]); s != 0 && s%u == 0 {
			return fmt.Sprintf("%d%s", s/u, name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Memory is a share of the machine's memory, or a size.
type Memory struct {
	Percent int // 1 to 100; 0: Bytes counts
	Bytes   Size
}

// ParseMemory reads "75%" or a size.
func ParseMemory(text string) (Memory, error) {
	if p, ok := strings.CutSuffix(strings.TrimSpace(text), "%"); ok {
		n, err := strconv.Atoi(strings.TrimSpace(p))
		if err != nil || n < 1 || n > 100 {
			return Memory{}, fmt.Errorf("want a share from 1%% to 100%%, or a size such as 512MiB")
		}
		return Memory{Percent: n}, nil
	}
	s, err := ParseSize(text)
	if err != nil || s == 0 {
		return Memory{}, fmt.Errorf("want a share such as 75%%, or a size such as 512MiB")
	}
	return Memory{Bytes: s}, nil
}

// String is the form that ParseMemory reads.
func (m Memory) String() string {
	if m.Percent > 0 {
		return strconv.Itoa(m.Percent) + "%"
	}
	return m.Bytes.String()
}

// ParseDuration reads 500ms, 10s, 1h30m, or a number of milliseconds.
func ParseDuration(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	if ms, err := strconv.ParseFloat(text, 64); err == nil && ms >= 0 && ms < math.MaxInt64/1e7 {
		return time.Duration(ms * float64(time.Millisecond)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("want a duration such as 500ms, 10s, 2m or a number of milliseconds")
	}
	return d, nil
}

// formatDuration is d without the zero parts that Duration.String adds: 10m, not 10m0s.
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
