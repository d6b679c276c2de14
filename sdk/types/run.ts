/** Where actors are kept. */
export interface DriverConfig {
  /** `"memory"`, `"file-system"`; older configs say it in `actor` and `manager`. */
  type?: "memory" | "file-system";
  /** A directory, of the file-system driver. Default `.rivet`. */
  path?: string;
  topology?: string;
  actor?: { type: string };
  manager?: { type: string };
}

/** An origin to allow, or whether the one that asks is. */
type Allowed = string | boolean | null | undefined;

/** Who may call from a browser. */
export interface CorsConfig {
  /** Origins, a function of the caller's origin, `true` for all, `false` for none. */
  origin?:
    | string
    | string[]
    | boolean
    // biome-ignore lint/suspicious/noExplicitAny: a Hono context
    | ((origin: string, c: any) => Allowed | Promise<Allowed>);
  allowMethods?: string[];
  allowHeaders?: string[];
  exposeHeaders?: string[];
  credentials?: boolean;
  /** Seconds. */
  maxAge?: number;
}

/** The Studio. */
export interface StudioConfig {
  enabled?: boolean;
  token?: string | (() => string);
  cors?: CorsConfig;
  defaultEndpoint?: string;
}

/** What `createServer()` and `runServer()` take; `rivet.yaml`, environment and flags win over it. */
export interface RunConfig {
  driver?: DriverConfig;
  cors?: CorsConfig;
  /** Bytes; default 65536. */
  maxIncomingMessageSize?: number;
  studio?: StudioConfig;
  /** Served beside `/registry`. */
  basePath?: string;
  hostname?: string;
  /** Default 8080. */
  port?: number;
  /** Taken and ignored: rivet upgrades by itself. */
  getUpgradeWebSocket?: unknown;
}
