import { registry } from "./registry";

registry.runServer({ driver: { topology: "standalone", actor: { type: "memory" }, manager: { type: "memory" } } });
