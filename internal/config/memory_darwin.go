package config

import (
	"encoding/binary"
	"syscall"
)

func systemMemory() int64 {
	text, err := syscall.Sysctl("hw.memsize")
	if err != nil {
		return 0
	}
	var b [8]byte
	copy(b[:], text) // Sysctl cuts zeros off its end
	return int64(binary.LittleEndian.Uint64(b[:]))
}
