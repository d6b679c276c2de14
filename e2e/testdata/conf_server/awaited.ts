import { registry } from "./registry";

const { client } = await registry.runServer();
await client.counter.getOrCreate(["awaited"]).increment(7);
