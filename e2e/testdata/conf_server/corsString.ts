import { registry } from "./registry";

registry.runServer({ cors: { origin: "https://one.example", credentials: true, maxAge: 600 } });
