import { actor, setup } from "@rivetkit/actor";
import { eq, sql } from "drizzle-orm";
import { integer, QueryBuilder, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { drizzle as proxy } from "drizzle-orm/sqlite-proxy";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const users = sqliteTable("users", { id: integer("id").primaryKey(), name: text("name").notNull(), at: integer("at", { mode: "timestamp_ms" }) });
      const asked: unknown[] = [];
      const db = proxy(async (query, params, method) => {
        asked.push([query, params, method]);
        return { rows: [[1, "ann", 5]] };
      });
      const rows = await db.select().from(users).where(eq(users.id, 1));
      const built = new QueryBuilder().select({ n: sql<number>`count(*)` }).from(users).toSQL();
      return [rows[0]?.name, rows[0]?.at?.getTime(), asked, built];
    },
  },
});

export const registry = setup({ use: { drizzle: library } });
