import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { whenDenied } from "./api/http";
import { listenToKeys } from "./keys/registry";
import { startLive } from "./live/hooks";
import { router } from "./router";
import { openOwn } from "./shell/newtab";

const box = document.getElementById("root");
if (!box) throw new Error("index.html has no #root");

function denied() {
  if (router.state.location.pathname === "/auth") return;
  void router.navigate({ to: "/auth", search: { next: router.state.location.href } });
}

whenDenied(denied);
startLive(denied);
listenToKeys();
openOwn();
createRoot(box).render(<RouterProvider router={router} />);
