import { registry } from "./registry";

registry.runServer({
  cors: {
    origin: (origin) => (origin === "https://text.example" ? "https://other.example" : origin === "https://yes.example"),
  },
});
