import { type ActorContextOf, actor, setup, UserError } from "@rivetkit/actor";

declare const process: { env: Record<string, string | undefined> };

/** A line of the conversation, as chat models take it. */
export type Message = { role: "system" | "user" | "assistant"; content: string };

// Any server that speaks OpenAI's chat completions.
const model = {
  url: process.env.MODEL_URL ?? "http://localhost:11434/v1",
  name: process.env.MODEL_NAME ?? "llama3.2",
  key: process.env.MODEL_KEY ?? "",
};

const agent = actor({
  onAuth: () => {},

  createState: (_c, input?: { instructions: string }) => ({
    messages: [{ role: "system", content: input?.instructions ?? "Answer briefly." }] as Message[],
  }),
  createVars: () => ({ answering: undefined as AbortController | undefined }),

  actions: {
    /** Asks the model; each token is an event, the whole answer the result. */
    ask: async (c, question: string): Promise<string> => {
      if (c.vars.answering !== undefined) {
        throw new UserError("One question at a time.", { code: "busy" });
      }
      const abort = new AbortController();
      c.vars.answering = abort;
      c.state.messages.push({ role: "user", content: question });
      try {
        let answer = "";
        for await (const token of tokens(c.state.messages, abort.signal)) {
          answer += token;
          c.broadcast("token", token);
        }
        c.state.messages.push({ role: "assistant", content: answer });
        return answer;
      } catch (error) {
        c.state.messages.pop(); // the question: it may be asked again
        if (abort.signal.aborted) {
          throw new UserError("Stopped.", { code: "stopped" });
        }
        c.log.error("the model failed", { error });
        throw new UserError("The model did not answer.", { code: "model_failed" });
      } finally {
        c.vars.answering = undefined;
      }
    },
    stop: (c) => c.vars.answering?.abort(),
    history: (c) => c.state.messages.slice(1),
  },

  options: { action: { timeout: 300_000 } },
});

/** What `c` is in a helper of the agent. */
export type AgentContext = ActorContextOf<typeof agent>;

/** The tokens of an answer, as they come. */
async function* tokens(messages: Message[], signal: AbortSignal): AsyncGenerator<string> {
  const response = await fetch(`${model.url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${model.key}` },
    body: JSON.stringify({ model: model.name, messages, stream: true }),
    signal,
  });
  if (!response.ok || response.body === null) {
    throw new Error(`${response.status} ${await response.text()}`);
  }
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (data === "[DONE]") {
        return;
      }
      const token = data && JSON.parse(data).choices[0]?.delta?.content;
      if (token) {
        yield token;
      }
    }
  }
  throw new Error("the answer broke off");
}

export const registry = setup({ use: { agent } });
