import { registry } from "./registry";

registry.runServer({ driver: { topology: "standalone", actor: { type: "redis" }, manager: { type: "redis" } } });
