import { registry } from "./registry";

registry.runServer({
  cors: {
    origin: async (origin, c) => (c.req.header("x-refuse") ? false : origin),
    allowMethods: ["POST", "PUT"],
    allowHeaders: ["x-mine"],
    exposeHeaders: ["x-url", "x-method"],
    credentials: false,
    maxAge: 42,
  },
});
