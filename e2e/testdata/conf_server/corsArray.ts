import { registry } from "./registry";

registry.runServer({ cors: { origin: ["https://one.example", "https://two.example"], maxAge: 5 } });
