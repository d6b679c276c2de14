package isolate_test

import "testing"

// An onAuth that can't do anything isn't asked; all others are.
func TestOpenTypes(t *testing.T) {
	w := load(t, `import { actor, setup } from "@rivetkit/actor";
const make = (config: object) => actor({ actions: {}, ...config } as any);
export const registry = setup({ use: {
  empty: make({ onAuth: () => {} }),
  commented: make({ onAuth: async (opts) => { /* anybody */ } }),
  none: make({ onAuth: undefined }),
  closed: make({}),
  answers: make({ onAuth: () => ({}) }),
  throws: make({ onAuth: () => { throw new Error("no"); } }),
  defaults: make({ onAuth: (x = (() => { throw new Error("no"); })()) => {} }),
  named: make({ onAuth() {} }),
} });
`, nil)
	want := map[string]bool{"empty": true, "commented": true, "none": true}
	for name, def := range w.v.Registry().Actors {
		if def.Open != want[name] {
			t.Errorf("%s: Open = %v, want %v", name, def.Open, want[name])
		}
		if def.HasOnAuth != (name != "closed") {
			t.Errorf("%s: HasOnAuth = %v", name, def.HasOnAuth)
		}
	}
}
