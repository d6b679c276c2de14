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
  /** Default: not in production. */
  enabled?: boolean;
  /** Opens the Studio; without one it is generated in development. */
  token?: string | (() => string);
  /** Whose pages may be a Studio of this server: a string or an array as `origin`. */
  cors?: CorsConfig;
  /** The server that the Studio connects to by itself: the URL of a registry. */
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
