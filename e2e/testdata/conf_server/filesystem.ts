import { createFileSystemDriver } from "@rivetkit/actor";
import { registry } from "./registry";

registry.runServer({ driver: createFileSystemDriver({ path: "./kept/here" }) });
