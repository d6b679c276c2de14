import type { IsAny } from "./context.js";

/** Raw SQL on an actor's own SQLite database. */
export interface RawAccess {
  /**
   * Runs one statement; `params` stand for its `?`.
   *
   * @example const rows = await c.db.execute<{ n: number }>("SELECT n FROM t WHERE id = ?", id);
   */
  execute<Row = Record<string, unknown>>(sql: string, ...params: unknown[]): Promise<Row[]>;
}

/** What `db` of an actor's config takes: it makes `c.db` and migrates it. */
export interface DatabaseProvider<DbClient> {
  /** Makes `c.db` over the actor's database. */
  createClient(raw: RawAccess): DbClient | Promise<DbClient>;
  /** Runs before `onStart`, at every start. */
  onMigrate(client: DbClient): void | Promise<void>;
}

/** A provider of any client, or none. */
// biome-ignore lint/suspicious/noExplicitAny: providers are invariant in their client
export type AnyDatabaseProvider = DatabaseProvider<any> | undefined;

/** The type of `c.db` under provider `DB`. */
export type DatabaseClientOf<DB> =
  IsAny<DB> extends true ? DB : DB extends DatabaseProvider<infer C> ? C : undefined;
