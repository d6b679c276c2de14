package actor

// Script is one program for an isolate: plain ES2022 that goja can parse. The
// same Hash is the same program, so a compiled form may be cached under it.
type Script struct {
	Name string // the file name that stacks show; internal ones begin with "rivet:"
	Code string
	Map  []byte // source map (JSON, version 3), nil: none
	Hash string // of Name and Code
}

// Bundle is a user's project made ready to run. An isolate evaluates the SDK,
// then Vendor if there is one, then User. Afterwards globalThis.__rivet_entry is
// the namespace of the entry module; if Async, only once the promise
// globalThis.__rivet_ready has been fulfilled.
type Bundle struct {
	Hash  string // of all scripts
	Dir   string // absolute: the project's directory, to which source maps are relative
	Entry string // absolute path of the entry file

	Vendor *Script // the dependencies from node_modules, evaluated module by module when first imported; nil: none
	User   Script
	Inputs []string // absolute paths of all files that the build read or looked for
	Async  bool     // User contains a top-level await
}
