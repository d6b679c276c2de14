// Package sdk is the TypeScript SDK that ships in the binary: the modules that
// users import, and runtime/, the half of the actor runtime that is TypeScript.
package sdk

import "embed"

// FS has the SDK's sources.
//
//go:embed *.ts client/*.ts internal/*.ts types/*.ts runtime/*.ts
var FS embed.FS
