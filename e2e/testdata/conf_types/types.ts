// What the types promise, lines 112 and 113; tsc is the test: an error that is
// expected and doesn't come is one, too.
import {
  type ActionContextOf,
  type ActorContext,
  type ActorContextOf,
  type ActorInitContext,
  actor,
  setup,
} from "@rivetkit/actor";
import { createClient } from "@rivetkit/actor/client";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(equal: Equal<A, B>): void;

// Line 112.
const counter = actor({
  state: { count: 0 },
  actions: {
    increment: (c, n: number) => {
      addOne(c);
      log(c);
      return (c.state.count += n);
    },
  },
});

function addOne(c: ActionContextOf<typeof counter>): void {
  c.state.count += 1;
  same<typeof c.state, { count: number }>(true);
  c.conn.id.toUpperCase();
}

function log(c: ActorContextOf<typeof counter>): void {
  c.log.info("count", { count: c.state.count });
  // @ts-expect-error: a hook's context has no caller
  c.conn;
}

function oneArgument(c: ActorContext<{ n: number }>): number {
  same<typeof c.state, { n: number }>(true);
  return c.state.n;
}

// Line 113.
const room = actor({
  createState: (_c: ActorInitContext, input: { title: string; size?: number }) => ({
    title: input.title,
    members: [] as string[],
  }),
  actions: {
    rename: (c, title: string) => {
      same<typeof c.state, { title: string; members: string[] }>(true);
      c.state.title = title;
      // @ts-expect-error: a title is text
      c.state.title = 5;
      // @ts-expect-error: no such member
      return c.state.nope as string;
    },
  },
});

const registry = setup({ use: { counter, room } });
const client = createClient<typeof registry>("http://localhost:8080");

export async function check(): Promise<void> {
  const h = client.counter.getOrCreate(["a"]);
  const n = await h.increment(5);
  same<typeof n, number>(true);
  // @ts-expect-error: a number, not text
  await h.increment("x");
  // @ts-expect-error: the argument is missing
  await h.increment();
  // @ts-expect-error: one argument too many
  await h.increment(1, 2);
  // @ts-expect-error: no such action
  await h.nope();
  // @ts-expect-error: no such actor
  client.nope;
  const conn = h.connect();
  // @ts-expect-error: no such action on a connection either
  await conn.nope();

  await client.room.create(["a"], { input: { title: "t" } });
  await client.room.create(["a"], { input: { title: "t", size: 3 } });
  await client.room.getOrCreate(["a"], { createWithInput: { title: "t" } }).rename("u");
  // @ts-expect-error: a title is text
  await client.room.create(["a"], { input: { title: 1 } });
  // @ts-expect-error: a title is needed
  await client.room.create(["a"], { input: {} });
  // @ts-expect-error: a title is text
  client.room.getOrCreate(["a"], { createWithInput: { title: 1 } });
  // @ts-expect-error: counter takes no input
  await client.counter.create(["a"], { input: { title: "t" } });
  oneArgument({} as ActorContext<{ n: number }>);
}
