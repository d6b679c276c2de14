import { Outlet, useRouterState } from "@tanstack/react-router";
import { useOffline } from "../live/hooks";
import { LinkButton } from "../ui/LinkButton";
import { Gone } from "../ui/States";
import { Toasts } from "../ui/Toast";
import { Bars } from "./Bars";
import { Drawer } from "./Drawer";
import { GlobalCommands } from "./GlobalCommands";
import { Help } from "./Help";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { sections } from "./sections";
import { TopBar } from "./TopBar";
import { useTitle } from "./title";

/** What is around every screen. */
export function Shell() {
  const signedOut = useRouterState({ select: (s) => s.location.pathname === "/auth" });
  const section = useRouterState({
    select: (st) => sections.find((x) => st.location.pathname === x.to)?.title,
  });
  useTitle(signedOut ? "Sign in" : section);
  const offline = useOffline();
  if (signedOut)
    return (
      <div className="shell">
        <TopBar signedOut />
        <nav className="shell-rail" aria-hidden="true" />
        <main className="shell-main">
          <Outlet />
        </main>
        <Toasts />
      </div>
    );
  return (
    <div className="shell">
      <GlobalCommands />
      <TopBar />
      <Bars />
      <Rail />
      <main className="shell-main" id="main" tabIndex={-1} data-offline={offline || undefined}>
        <Outlet />
      </main>
      <Drawer />
      <Palette />
      <Help />
      <Toasts />
    </div>
  );
}

export function NotFound() {
  return (
    <Gone what="There is no such screen.">
      <LinkButton to="/actors">All actors</LinkButton>
    </Gone>
  );
}
