import { actor, setup } from "@rivetkit/actor";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const tables: Record<string, unknown[]> = { user: [], session: [], account: [], verification: [] };
      const auth = betterAuth({
        database: memoryAdapter(tables as never),
        secret: "a secret that is long enough for all",
        baseURL: "http://localhost:3000",
        emailAndPassword: { enabled: true },
        telemetry: { enabled: false },
      });
      const signed = await auth.api.signUpEmail({ body: { email: "ann@b.example", password: "correct horse", name: "Ann" } });
      const response = await auth.handler(
        new Request("http://localhost:3000/api/auth/sign-in/email", {
          method: "POST",
          headers: { "content-type": "application/json", origin: "http://localhost:3000" },
          body: JSON.stringify({ email: "ann@b.example", password: "correct horse" }),
        }),
      );
      const cookie = response.headers.get("set-cookie") ?? "";
      const session = await auth.api.getSession({ headers: new Headers({ cookie: cookie.split(";")[0] ?? "" }) });
      const wrong = await auth.api
        .signInEmail({ body: { email: "ann@b.example", password: "wrong" } })
        .then(() => "in", (error: { status: string }) => error.status);
      return [signed.user.name, response.status, session?.user.email, wrong, tables.user?.length];
    },
  },
});

export const registry = setup({ use: { betterAuth: library } });
