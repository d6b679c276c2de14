import type { AnyRegistry } from "../types/definition.js";
import { RemoteDriver } from "./http.js";
import { settingsOf } from "./options.js";
import { clientOver } from "./proxy.js";
import type { Client, ClientOptions } from "./types.js";

/**
 * A client of the actors of `R`. Nothing is asked before it is used.
 *
 * @param url With or without a path; default `RIVET_URL`, else http://localhost:8080.
 * @throws TypeError for a URL that is none, or a token in a browser.
 * @example
 * const client = createClient<typeof registry>("http://localhost:8080");
 * const counter = client.counter.getOrCreate(["my-counter"]);
 * console.log(await counter.increment(5));
 */
export function createClient<R extends AnyRegistry>(
  url?: string,
  options: ClientOptions = {},
): Client<R> {
  return clientOver<R>(new RemoteDriver(settingsOf(url, options)), options);
}
