import type { AnyActorDefinition } from "../types/definition.js";

/** A function of an actor's config; what it is called with is checked by the types of `actor()`. */
export type Hook = (...args: unknown[]) => unknown;

const hookNames = [
  "onAuth",
  "onCreate",
  "onStart",
  "onStateChange",
  "onBeforeConnect",
  "onConnect",
  "onDisconnect",
  "onBeforeActionResponse",
  "onFetch",
  "onWebSocket",
  "createState",
  "createVars",
  "createConnState",
] as const;

/** The name of a hook. */
export type HookName = (typeof hookNames)[number];

/** Limits of a type, in milliseconds; absent ones take Go's defaults. */
export interface Limits {
  createVarsTimeout: number;
  createConnStateTimeout: number;
  onConnectTimeout: number;
  saveInterval?: number;
  actionTimeout?: number;
  sleepTimeout?: number;
}

/** A config as a module may really have it: parts of whatever type, or none. */
type RawConfig = { readonly [K in HookName | "state" | "vars" | "connState" | "db"]?: unknown } & {
  readonly actions?: Record<string, Hook>;
  readonly options?: Options;
};

/** An actor type, its config read once. */
export class ActorType {
  readonly hooks: { readonly [K in HookName]?: Hook };
  /** No prototype, so that `toString` is no action. */
  readonly actions: { readonly [name: string]: Hook | undefined };
  readonly limits: Limits;
  readonly hasState: boolean;
  readonly hasVars: boolean;
  readonly hasConnState: boolean;
  readonly hasAuth: boolean;
  readonly hasDb: boolean;
  /** A stateless call is its action and nothing else. */
  readonly simple: boolean;
  readonly config: RawConfig;

  constructor(
    readonly name: string,
    readonly definition: AnyActorDefinition,
  ) {
    const config = definition.config as unknown as RawConfig;
    this.config = config;
    const hooks: { [K in HookName]?: Hook } = {};
    for (const hook of hookNames) {
      if (typeof config[hook] === "function") hooks[hook] = config[hook] as Hook;
    }
    this.hooks = hooks;
    const actions = Object.create(null) as { [name: string]: Hook };
    for (const [action, fn] of Object.entries(config.actions ?? {})) {
      actions[action] = fn;
    }
    this.actions = actions;
    this.hasState = "state" in config || "createState" in config;
    this.hasVars = "vars" in config || "createVars" in config;
    this.hasConnState = "connState" in config || "createConnState" in config;
    this.hasAuth = "onAuth" in config;
    this.hasDb = config.db !== undefined;
    this.simple =
      !this.hasConnState &&
      !hooks.onBeforeConnect &&
      !hooks.onConnect &&
      !hooks.onDisconnect &&
      !hooks.onBeforeActionResponse;
    this.limits = limitsOf(config.options ?? {});
  }

  /** What Go must know of the type. */
  describe(): object {
    const { hooks } = this;
    const problems = (this.definition as unknown as Record<symbol, { at?: string } | undefined>)[
      Symbol.for("rivet.problems")
    ];
    return {
      name: this.name,
      actions: Object.keys(this.actions),
      bodies: Object.values(this.actions).map(bodyOf),
      state: this.hasState,
      vars: this.hasVars,
      connState: this.hasConnState,
      onAuth: this.hasAuth,
      open: this.hasAuth && letsAllIn(this.hooks.onAuth),
      onStart: hooks.onStart !== undefined,
      onConnect: hooks.onConnect !== undefined,
      onDisconnect: hooks.onDisconnect !== undefined,
      onFetch: hooks.onFetch !== undefined,
      onWebSocket: hooks.onWebSocket !== undefined,
      onStateChange: hooks.onStateChange !== undefined,
      options: this.limits,
      at: problems?.at ?? "",
    };
  }
}

/** The text of a function, by which Go finds where it is written; "" of what has none. */
function bodyOf(action: unknown): string {
  return typeof action === "function" ? Function.prototype.toString.call(action) : "";
}

interface Options {
  lifecycle?: {
    createVarsTimeout?: number;
    createConnStateTimeout?: number;
    onConnectTimeout?: number;
  };
  state?: { saveInterval?: number };
  action?: { timeout?: number };
  sleepTimeout?: number;
}

function limitsOf(o: Options): Limits {
  const limits: Limits = {
    createVarsTimeout: o.lifecycle?.createVarsTimeout ?? 5000,
    createConnStateTimeout: o.lifecycle?.createConnStateTimeout ?? 5000,
    onConnectTimeout: o.lifecycle?.onConnectTimeout ?? 5000,
  };
  if (o.state?.saveInterval !== undefined) limits.saveInterval = o.state.saveInterval;
  if (o.action?.timeout !== undefined) limits.actionTimeout = o.action.timeout;
  if (o.sleepTimeout !== undefined) limits.sleepTimeout = o.sleepTimeout;
  return limits;
}

/**
 * Whether an `onAuth` lets everybody in, as the documented `onAuth: () => {}`
 * does: no function, or one whose body is empty. Nothing needs to be run then.
 */
function letsAllIn(onAuth: Hook | undefined): boolean {
  if (!onAuth) return true;
  return /^(?:async\s*)?\(\s*[\w$]*\s*\)\s*=>\s*\{\s*\}$/.test(
    Function.prototype.toString.call(onAuth),
  );
}
