package config

import (
	"os"
	"strconv"
	"strings"
)

// Limit is the size that m means on this machine; 0 if a share is meant and the
// machine doesn't tell its memory.
func (m Memory) Limit() int64 {
	if m.Percent == 0 {
		return int64(m.Bytes)
	}
	return int64(float64(machineMemory()) * float64(m.Percent) / 100)
}

// machineMemory is what the machine or the container has, 0: unknown.
func machineMemory() int64 {
	total := int64(0)
	if data, err := os.ReadFile("/proc/meminfo"); err == nil {
		total = memTotal(string(data))
	} else {
		total = systemMemory()
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil && n > 0 && (total == 0 || n < total) {
			total = n
		}
	}
	return total
}

// memTotal reads MemTotal of /proc/meminfo, in bytes.
func memTotal(text string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err == nil {
				return n << 10
			}
		}
	}
	return 0
}
