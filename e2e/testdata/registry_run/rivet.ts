import { registry } from "./registry";

registry.runServer({ driver: { topology: "standalone", actor: { type: "rivet" }, manager: { type: "rivet" } } });
