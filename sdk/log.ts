/** Structured logging, to the server's log inside rivet, to the console elsewhere. */
import { runtimeHooks } from "./internal/hooks.js";
import { getEnvUniversal } from "./utils.js";

/** By falling weight. */
export type LogLevel = "critical" | "error" | "warn" | "info" | "debug" | "trace";

/** Objects among the arguments spread into fields; other values become `arg0=`, `arg1=`, … */
export interface Logger {
  critical(message: string, ...args: unknown[]): void;
  error(message: string, ...args: unknown[]): void;
  warn(message: string, ...args: unknown[]): void;
  info(message: string, ...args: unknown[]): void;
  debug(message: string, ...args: unknown[]): void;
  trace(message: string, ...args: unknown[]): void;
}

const levels: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "critical"];
let threshold: LogLevel | undefined;

/**
 * Reads the level anew from `_LOG_LEVEL`; a console elsewhere than in rivet
 * shows warnings and worse unless it says otherwise.
 */
export function setupLogging(): void {
  const wanted = getEnvUniversal("_LOG_LEVEL")?.toLowerCase();
  threshold = levels.find((level) => level === wanted) ?? "warn";
}

/** A logger whose lines carry `name` as their target. */
export function getLogger(name = "default"): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, ...args: unknown[]): void =>
      write(level, name, message, args);
  return {
    critical: at("critical"),
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    trace: at("trace"),
  };
}

function write(level: LogLevel, name: string, message: string, args: unknown[]): void {
  const hooks = runtimeHooks();
  if (hooks?.log) {
    hooks.log(level, name, message, args);
    return;
  }
  if (threshold === undefined) setupLogging();
  if (levels.indexOf(level) < levels.indexOf(threshold ?? "warn")) return;
  const method = level === "critical" ? "error" : level === "trace" ? "debug" : level;
  console[method](`[${name}] ${message}`, ...args);
}
