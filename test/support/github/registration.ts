import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppManifest, World } from "./state.ts";

const NEW = /^(?:\/organizations\/[\w-]+)?\/settings\/apps\/new$/;
const CONFIRM = "/settings/apps/confirm";

/** Whether a path is one of the pages on which an App is registered from a manifest. */
export const isRegistrationPath = (path: string): boolean => NEW.test(path) || path === CONFIRM;

/** What GitHub's page refuses in a manifest. */
function complaint(world: World, manifest: AppManifest): string | undefined {
  const { name, url, hook_attributes: hook, redirect_url: redirect, default_events: events } = manifest;
  if (typeof name !== "string" || name === "" || name.length > 34) return "Name is too long (maximum is 34 characters)";
  for (const address of [url, hook?.url, redirect]) {
    if (typeof address !== "string" || !URL.canParse(address)) return "Url must be a valid URL";
  }
  const unknown = events.filter((event) => !world.app.events.includes(event));
  return unknown.length === 0 ? undefined : `Default events are not supported by GitHub Apps: ${unknown.join(", ")}`;
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

/** The page that takes a manifest, and the confirmation that sends the browser back with a code. */
export async function answerRegistration(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const page = (status: number, html: string): void =>
    void response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(html);
  if (request.method !== "POST") return page(200, "<h1>Register new GitHub App</h1>");
  const form = await formOf(request);
  if (url.pathname === CONFIRM) {
    const { state, manifest = "" } = Object.fromEntries(form);
    const parsed = JSON.parse(manifest) as AppManifest;
    const code = randomBytes(20).toString("hex");
    world.registrations.set(code, parsed);
    const back = new URL(parsed.redirect_url);
    back.searchParams.set("code", code);
    if (state !== undefined) back.searchParams.set("state", state);
    response.writeHead(302, { location: back.href }).end();
    return;
  }
  const text = form.get("manifest") ?? "";
  const manifest = JSON.parse(text) as AppManifest;
  const wrong = complaint(world, manifest);
  if (wrong !== undefined) return page(422, `<h1>${wrong}</h1>`);
  const hidden = (name: string, value: string): string =>
    `<input type="hidden" name="${name}" value="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">`;
  page(
    200,
    `<form method="post" action="${CONFIRM}">${hidden("manifest", text)}${hidden("state", url.searchParams.get("state") ?? "")}<button>Create GitHub App</button></form>`,
  );
}
