import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { signedHeaders } from "./deliveries.ts";

export interface ExamplePayload {
  readonly event: string;
  readonly action: string | undefined;
  readonly payload: Record<string, unknown>;
}

interface ExampleGroup {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}

/** The 329 payloads that GitHub's documentation and users have recorded, one entry each. */
export function webhookExamples(): ExamplePayload[] {
  const file = createRequire(import.meta.url).resolve("@octokit/webhooks-examples/api.github.com/index.json");
  const groups = JSON.parse(readFileSync(file, "utf8")) as readonly ExampleGroup[];
  return groups.flatMap(({ name, examples }) =>
    examples.map((payload) => ({
      event: name,
      action: typeof payload["action"] === "string" ? payload["action"] : undefined,
      payload,
    })),
  );
}

/** Posts one payload as GitHub would, signed with `secret`; the answer is HTTP's. `headers` replace or add. */
export function postWebhook(
  url: string,
  secret: string,
  event: string,
  payload: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  return fetch(url, {
    method: "POST",
    body,
    headers: { ...signedHeaders(secret, event, randomUUID(), body), ...headers },
  });
}

export interface ExampleAnswer {
  readonly event: string;
  readonly action: string | undefined;
  readonly status: number;
  readonly took: number;
}

/** Signs and posts every example to an App, eight at a time; answers what came back, in the examples' order. */
export async function postAllExamples(url: string, secret: string): Promise<ExampleAnswer[]> {
  const examples = webhookExamples();
  const answers: ExampleAnswer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < examples.length; index = next++) {
      const { event, action, payload } = examples[index]!;
      const started = performance.now();
      const response = await postWebhook(url, secret, event, payload);
      await response.arrayBuffer();
      answers[index] = { event, action, status: response.status, took: performance.now() - started };
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return answers;
}
