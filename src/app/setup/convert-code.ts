import { createPrivateKey, createSign, randomBytes } from "node:crypto";

/** The App that GitHub registered. */
export interface RegisteredApp {
  readonly id: number;
  readonly name: string;
  /** Its page on GitHub. */
  readonly page: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** GitHub gave none that is long enough: `webhookSecret` is ours, and `setSecret` tells it to GitHub. */
  readonly isOwnSecret: boolean;
}

/** The App, or why GitHub gave none. */
export type Conversion =
  | { readonly kind: "app"; readonly app: RegisteredApp }
  | { readonly kind: "failed"; readonly reason: string };

type Fetch = typeof globalThis.fetch;

const HEADERS = { accept: "application/vnd.github+json", "user-agent": "portcullis" };

/** Without a comma, which separates two secrets. */
const GOOD_SECRET = /^[^\s,'"\\$`]{16,}$/;

/** Turns the code of a registration into the App with its key. A code is valid once, for an hour. */
export async function convertCode(fetch: Fetch, api: string, code: string): Promise<Conversion> {
  let response: Response;
  let body: { readonly [key: string]: unknown };
  try {
    response = await fetch(`${api}/app-manifests/${code}/conversions`, { method: "POST", headers: HEADERS });
    body = ((await response.json().catch(() => undefined)) ?? {}) as typeof body;
  } catch (error) {
    return failed(`${new URL(api).host} did not answer (${causeOf(error)})`);
  }
  if (response.status === 404 || response.status === 422) {
    return failed("GitHub does not know the code: it was used already, or is older than an hour");
  }
  if (response.status !== 201) return failed(`GitHub answered ${response.status}`);
  const { id, name, html_url: page, pem, webhook_secret: secret } = body;
  if (typeof id !== "number" || typeof name !== "string" || typeof page !== "string" || !isKey(pem)) {
    return failed("GitHub's answer has no App with a private key");
  }
  const good = typeof secret === "string" && GOOD_SECRET.test(secret);
  return {
    kind: "app",
    app: {
      id,
      name,
      page,
      privateKey: pem,
      webhookSecret: good ? secret : randomBytes(32).toString("hex"),
      isOwnSecret: !good,
    },
  };
}

/** Sets the secret of the App's webhook at GitHub. Returns why it could not, or nothing. */
export async function setSecret(fetch: Fetch, api: string, app: RegisteredApp): Promise<string | undefined> {
  try {
    const response = await fetch(`${api}/app/hook/config`, {
      method: "PATCH",
      headers: { ...HEADERS, authorization: `Bearer ${tokenOf(app)}`, "content-type": "application/json" },
      body: JSON.stringify({ secret: app.webhookSecret }),
    });
    return response.status === 200 ? undefined : `GitHub answered ${response.status}`;
  } catch (error) {
    return `${new URL(api).host} did not answer (${causeOf(error)})`;
  }
}

/** A token of the App itself, valid for some minutes. */
function tokenOf({ id, privateKey }: RegisteredApp): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  // A clock that is a little ahead of GitHub's must not make the token one of the future.
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: now - 60, exp: now + 300, iss: String(id) })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

function isKey(pem: unknown): pem is string {
  if (typeof pem !== "string") return false;
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function failed(reason: string): Conversion {
  return { kind: "failed", reason };
}
