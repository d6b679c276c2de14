import { createMemoryDriver } from "@rivetkit/actor";
import { registry } from "./registry";

registry.runServer({ driver: createMemoryDriver() });
