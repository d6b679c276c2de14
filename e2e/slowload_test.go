package e2e

import (
	"path/filepath"
	"testing"
)

// Code that never finishes loading: the old code goes on, a newer save takes
// its place at once, and it is told of before long.
func TestCodeThatNeverFinishesLoading(t *testing.T) {
	t.Parallel()
	code := func(top string) string {
		return minimal + top + "\nexport const registry = setup({ use: { counter } });\n"
	}
	for name, top := range map[string]string{
		"an await": "await new Promise(() => {});",
		"a loop":   "while (true) {}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("in a save", func(t *testing.T) {
				t.Parallel()
				s := startDev(t, write(t, code("")))
				mark := s.mark()
				save(t, filepath.Join(s.dir, "registry.ts"), code(top))
				s.event(t, "still_loading", mark)
				s.wantCall(t, of("counter", "a"), "inc", `[]`, `1`)
				save(t, filepath.Join(s.dir, "registry.ts"), code("const broken = ;"))
				s.event(t, "build_failed", mark)
				save(t, filepath.Join(s.dir, "registry.ts"), code(top))
				s.saved(t, code("console.log('mended');"))
				s.wantCall(t, of("counter", "a"), "inc", `[]`, `2`)
			})
			t.Run("at the start", func(t *testing.T) {
				t.Parallel()
				s := launch(t, write(t, code(top)), environ(), "dev", "--port", "0", "--log-format", "json")
				s.event(t, "still_loading", 0)
				save(t, filepath.Join(s.dir, "registry.ts"), code(""))
				s.ready(t)
				s.wantCall(t, of("counter", "a"), "inc", `[]`, `1`)
				if code := s.interrupt(t); code != 0 {
					t.Errorf("exit code %d", code)
				}
			})
			t.Run("and is stopped", func(t *testing.T) {
				t.Parallel()
				s := launch(t, write(t, code(top)), environ(), "dev", "--port", "0", "--log-format", "json")
				s.event(t, "still_loading", 0)
				if code := s.interrupt(t); code != 0 {
					t.Errorf("exit code %d\n%s", code, s.stderr())
				}
			})
		})
	}
}
