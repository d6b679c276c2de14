//go:build !darwin

package config

func systemMemory() int64 { return 0 }
