import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds the binary that the tests run, unless RIVET names one. */
export default function build(): void {
  if (process.env["RIVET"]) return;
  const out = join(import.meta.dirname, "../node_modules/.e2e-bin/rivet");
  execFileSync("go", ["build", "-o", out, "./cmd/rivet"], {
    cwd: join(import.meta.dirname, "../.."),
    stdio: "inherit",
  });
  process.env["RIVET"] = out;
}
