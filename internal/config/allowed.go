package config

// Allowed are the values that a key takes, nil if they can't be listed.
func Allowed(name string) []string {
	for i := range keys {
		if keys[i].name == name {
			return keys[i].oneOf
		}
	}
	return nil
}
