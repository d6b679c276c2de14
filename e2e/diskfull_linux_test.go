package e2e

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"
)

// fileLimit sets how large a file the server may write, as a full disk would.
func (s *server) fileLimit(t testing.TB, bytes uint64) {
	t.Helper()
	lim := struct{ soft, hard uint64 }{bytes, ^uint64(0)}
	const rlimitFsize = 1
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(s.cmd.Process.Pid), rlimitFsize,
		uintptr(unsafe.Pointer(&lim)), 0, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
}

// A commit that fails tells its callers; the server goes on, and recovers
// without a restart when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "isolation"))
	q, other := of("sleeper", keyOf(t)), of("sleeper", keyOf(t), "other")
	s.wantCall(t, q, "add", `[]`, `1`)
	s.wantCall(t, other, "add", `[]`, `1`)
	wals, err := filepath.Glob(filepath.Join(s.dir, ".rivet", "*-wal"))
	if err != nil || len(wals) != 1 {
		t.Fatalf("write-ahead logs: %v %v", wals, err)
	}
	info, err := os.Stat(wals[0])
	if err != nil {
		t.Fatal(err)
	}
	s.fileLimit(t, uint64(info.Size()))
	for range 3 {
		s.json().call(t, q, "add", `[]`).wantCode(t, "with a full disk", 503, "storage_unavailable")
	}
	s.wantCall(t, other, "keys", `[]`, `["starts","n"]`) // reading goes on
	s.fileLimit(t, ^uint64(0))
	s.addsAgain(t, q, `2`)
	s.wantCall(t, other, "add", `[]`, `2`)
	again := s.again(t)
	again.wantCall(t, q, "add", `[]`, `3`)
}

// addsAgain adds once the disk is back: the first success is want.
func (s *server) addsAgain(t testing.TB, q, want string) {
	t.Helper()
	within(t, patience, "an add succeeds", func() bool {
		got := s.json().call(t, q, "add", `[]`)
		if got.status == 200 {
			got.want(t, "the first after the disk is back", 200, `{"o":`+want+`}`)
		}
		return got.status == 200
	})
}
