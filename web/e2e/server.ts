import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A `rivet dev` of its own, in a folder of its own. */
export class Server {
  readonly dir: string;
  url = "";
  token = "";
  private flags: readonly string[];
  private child: ChildProcess | undefined;
  /** What it printed so far. */
  output = "";

  private constructor(dir: string, flags: readonly string[]) {
    this.dir = dir;
    this.flags = flags;
  }

  /** Starts one on a copy of the project, or of the folder that is given. */
  static async start(flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Server> {
    const dir = await mkdtemp(join(tmpdir(), "rivet-e2e-"));
    await cp(join(import.meta.dirname, "project"), dir, { recursive: true });
    const s = new Server(dir, flags);
    await s.up(0, env);
    return s;
  }

  /** Runs the server; it is there when its address is in .rivet/server.json. */
  async up(port = Number(new URL(this.url).port), env: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = spawn(rivet(), ["dev", "--port", String(port), ...this.flags], {
      cwd: this.dir,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    for (const s of [child.stdout, child.stderr]) s?.on("data", (b) => (this.output += b));
    const at = await this.described(child);
    this.url = at.url.replace("127.0.0.1", "localhost");
    this.token = at.token;
  }

  private async described(child: ChildProcess): Promise<{ url: string; token: string }> {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`rivet dev ended:\n${this.output}`);
      try {
        const text = await readFile(join(this.dir, ".rivet/server.json"), "utf8");
        const d = JSON.parse(text) as { url: string; token: string; pid: number };
        if (d.pid === child.pid) return d;
      } catch {
        // it isn't there yet
      }
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Ends the process, and waits until it has. */
  async down(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const c = this.child;
    if (!c || c.exitCode !== null || c.signalCode !== null) return;
    const ended = new Promise((r) => c.once("exit", r));
    c.kill(signal);
    await ended;
  }

  async end(): Promise<void> {
    await this.down("SIGKILL");
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Runs rivet in the project's folder. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await run(rivet(), args, { cwd: this.dir, maxBuffer: 64 << 20 });
    return stdout.trim();
  }

  /** Starts rivet in the project's folder; it is killed with the test. */
  spawn(...args: string[]): ChildProcess {
    return spawn(rivet(), args, { cwd: this.dir, stdio: ["ignore", "pipe", "inherit"] });
  }

  /** The address that `rivet studio` prints: it signs in, once. */
  studio(...flags: string[]): Promise<string> {
    return this.cli("studio", "--print-url", ...flags);
  }

  /** Asks the API as a Studio does. */
  async api<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const r = await this.ask(method, path, body);
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${await r.text()}`);
    return (r.status === 204 ? undefined : await r.json()) as T;
  }

  ask(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.url}/studio/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Calls an action; the actor is created by it. */
  async call(type: string, key: string, action: string, ...args: unknown[]): Promise<unknown> {
    const id = await this.actor(type, key);
    const a = await this.api<{ output: unknown }>("POST", `/actors/${id}/actions/${action}`, {
      args,
    });
    return a.output;
  }

  /** The id of an actor, which is created unless it is there. */
  async actor(type: string, ...key: string[]): Promise<string> {
    const r = await this.ask("POST", "/actors", { type, key });
    if (r.ok) return ((await r.json()) as { id: string }).id;
    if (r.status !== 409) throw new Error(`create ${type}/${key}: ${r.status} ${await r.text()}`);
    const q = new URLSearchParams({ type, key: JSON.stringify(key) });
    return (await this.api<{ id: string }>("GET", `/resolve?${q}`)).id;
  }
}

function rivet(): string {
  const path = process.env["RIVET"];
  if (!path) throw new Error("RIVET names no binary");
  return path;
}
