import { actor, setup } from "@rivetkit/actor";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, jsonSchema, streamText, tool } from "ai";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const asked: unknown[] = [];
      const chunk = (delta: object, finish: string | null = null) =>
        `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      const openai = createOpenAI({
        apiKey: "k",
        fetch: async (url, init) => {
          const body = JSON.parse(String(init?.body));
          asked.push([String(url).split("/").at(-1), body.messages.at(-1).role]);
          if (body.stream) {
            return new Response([chunk({ role: "assistant", content: "one " }), chunk({ content: "two" }), chunk({}, "stop"), "data: [DONE]\n\n"].join(""), {
              headers: { "content-type": "text/event-stream" },
            });
          }
          const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
          const calls = body.messages.length === 1 && body.tools;
          const message = calls
            ? { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "add", arguments: "{\"a\":1,\"b\":2}" } }] }
            : { role: "assistant", content: "hello" };
          return Response.json({
            id: "1", object: "chat.completion", created: 1, model: "m", usage,
            choices: [{ index: 0, message, finish_reason: calls ? "tool_calls" : "stop" }],
          });
        },
      });
      const { text } = await generateText({ model: openai.chat("m"), prompt: "hi" });
      const withTool = await generateText({
        model: openai.chat("m"),
        prompt: "add",
        tools: {
          add: tool({
            description: "adds",
            inputSchema: jsonSchema<{ a: number; b: number }>({ type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }),
            execute: async ({ a, b }) => a + b,
          }),
        },
      });
      const parts: string[] = [];
      for await (const part of streamText({ model: openai.chat("m"), prompt: "count" }).textStream) parts.push(part);
      return [text, withTool.toolResults.map((result) => result.output), parts, asked];
    },
  },
});

export const registry = setup({ use: { ai: library } });
