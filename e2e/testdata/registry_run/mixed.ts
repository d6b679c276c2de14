import { registry } from "./registry";

registry.runServer({ driver: { topology: "standalone", actor: { type: "file-system" }, manager: { type: "memory" } } });
