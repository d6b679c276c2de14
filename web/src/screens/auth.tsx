import { createRoute, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { failedOf, signIn } from "../api/http";
import { takeToken } from "../api/session";
import type { Failed, SessionRequest } from "../api/types.gen";
import { live } from "../live/hooks";
import { root } from "../root";
import { Button } from "../ui/Button";
import { Command } from "../ui/Copy";
import { Problem } from "../ui/States";
import css from "./auth.module.css";

export const authRoute = createRoute({
  getParentRoute: () => root,
  path: "/auth",
  validateSearch: (s): { next?: string } =>
    typeof s["next"] === "string" ? { next: s["next"] } : {},
  component: Auth,
});

/** Where who has no session pastes the token. */
function Auth() {
  const { next } = authRoute.useSearch();
  const navigate = useNavigate();
  const [token, setToken] = useState("");
  const [readOnly, setReadOnly] = useState(false);
  const [error, setError] = useState<Failed>();
  const [busy, setBusy] = useState(false);
  const enter = async (by: SessionRequest) => {
    setBusy(true);
    setError(undefined);
    try {
      await signIn(by);
      live.start();
      // Only a place of our own: an address from elsewhere could go anywhere.
      await navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/actors" });
    } catch (e) {
      setError(failedOf(e));
      setBusy(false);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    const t = takeToken();
    if (t) void enter(t);
  }, []);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const m = /[#&]t=([^&]+)/.exec(token); // the whole address is as good
    void enter({ token: (m?.[1] ?? token).trim(), ...(readOnly ? { readOnly } : {}) });
  };
  return (
    <div className={css.page}>
      <form className={css.form} onSubmit={submit}>
        <h1 className={css.title}>Open the Studio</h1>
        <p className={css.muted}>
          This tab has no session. Open the address that <code>rivet dev</code> prints, or paste its
          token here.
        </p>
        <label className={css.label}>
          Token
          <input
            className={css.input}
            type="password"
            value={token}
            onChange={(e) => setToken(e.target.value)}
            autoComplete="off"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: the one thing to do here
            autoFocus
          />
        </label>
        <label className={css.check}>
          <input
            type="checkbox"
            checked={readOnly}
            onChange={(e) => setReadOnly(e.target.checked)}
          />
          Read-only: this tab gives up the right to change anything
        </label>
        <Button type="submit" look="primary" disabled={busy || token.trim() === ""}>
          Open
        </Button>
        <p className={css.muted}>The address, with the token in it:</p>
        <Command text="rivet studio --print-url" />
      </form>
      {error && <Problem error={error} />}
    </div>
  );
}
