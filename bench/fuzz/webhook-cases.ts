import { createHmac } from "node:crypto";
import { webhookExamples, type ExamplePayload } from "../../test/support/github/examples.ts";
import type { Random } from "../../test/manifest/generate-yaml.ts";
import { hostileText } from "./hostile-text.ts";
import { mutateBytes } from "./mutate-bytes.ts";

/** One request, and what an ingress must answer to it. */
export interface WebhookCase {
  readonly kind: string;
  readonly guid: string;
  /** The request as it is written to the connection. */
  readonly bytes: readonly Uint8Array[];
  /** The statuses that are right; undefined stands for a connection that is closed without an answer. */
  readonly right: readonly (number | undefined)[];
  /** Whether it may be stored although it is not accepted: bytes behind it are refused before or after. */
  readonly mayBeStored?: boolean;
  /** GitHub might send this: its handlers must not fail. */
  readonly handled: boolean;
}

/** Stands in texts that people write, which no line of a log may hold. */
export const PRIVATE = "zq7private";

const NOTHING = new Uint8Array();
const PATH = "/api/github/webhooks";

/** What leads to work; the others are recognised by their name. */
const EVENTS = new Set(
  (
    "pull_request pull_request_review check_run check_suite merge_group push issue_comment issues repository_dispatch " +
    "repository organization membership team member installation installation_repositories"
  ).split(" "),
);

interface Body {
  readonly kind: string;
  readonly event: string;
  readonly bytes: Uint8Array;
  readonly handled?: boolean;
}

type Header = readonly [name: string, value: string];

/** Makes requests to an ingress whose secret this is. */
export function createWebhookCases(secret: string): (random: Random, guid: string) => WebhookCase {
  const examples = webhookExamples();
  const ours = examples.filter(({ event }) => EVENTS.has(event));
  return (random, guid) => {
    const body = bodyOf(random, random.pick(random.chance(0.9) ? ours : examples));
    if (random.chance(0.03)) return tooLarge(random, secret, guid);
    return random.pick([rightRequest, rightRequest, rightRequest, wrongSignature, wrongHeaders, wrongFrame])(
      random,
      secret,
      guid,
      body,
    );
  };
}

/** A delivery that is right in every way. */
export function rightDelivery(secret: string, guid: string, event: string, payload: object): readonly Uint8Array[] {
  const body = Buffer.from(JSON.stringify(payload));
  return [requestOf(headersOf(secret, guid, event, body), body), body];
}

function sign(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

function headersOf(secret: string, guid: string, event: string, body: Uint8Array): readonly Header[] {
  return [
    ["content-type", "application/json"],
    ["x-github-delivery", guid],
    ["x-github-event", event],
    ["x-hub-signature-256", sign(secret, body)],
  ];
}

function requestOf(headers: readonly Header[], body: Uint8Array, over: { path?: string; frame?: string } = {}): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const frame = over.frame ?? `content-length: ${body.length}`;
  const first = over.path ?? `POST ${PATH}`;
  return Buffer.from(
    [`${first} HTTP/1.1`, "host: gate.example", "connection: close", ...lines, frame, "", ""].join("\r\n"),
    "latin1",
  );
}

/** Whether these bytes are a JSON object, as whoever reads them as UTF-8 finds. */
function isObject(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function rightRequest(_: Random, secret: string, guid: string, body: Body): WebhookCase {
  return {
    kind: body.kind,
    guid,
    bytes: [requestOf(headersOf(secret, guid, body.event, body.bytes), body.bytes), body.bytes],
    right: [isObject(body.bytes) ? 202 : 400],
    handled: body.handled === true,
  };
}

function wrongSignature(random: Random, secret: string, guid: string, { event, bytes: body }: Body): WebhookCase {
  const [type, delivery, name, [, signature]] = headersOf(secret, guid, event, body) as [
    Header,
    Header,
    Header,
    Header,
  ];
  const hex = signature.slice("sha256=".length);
  const signatures = random.pick<readonly string[]>([
    [],
    [""],
    ["sha256="],
    [hex],
    [signature, signature],
    [sign("another secret", body), signature],
    [signature, ""],
    [sign("", body)],
    [sign("another secret of this length", body)],
    [sign(secret, Buffer.concat([body, Buffer.from(" ")]))],
    [sign(secret, body.subarray(1))],
    [`sha256=${hex.toUpperCase()}`],
    [`SHA256=${hex}`],
    [`sha512=${hex}`],
    [`sha1=${createHmac("sha1", secret).update(body).digest("hex")}`],
    [signature.slice(0, -1)],
    [`${signature}0`],
    [`${signature},`],
    [`${signature}, ${signature}`],
    [`sha256=${"0".repeat(64)}`],
    [`sha256=${hex.slice(2)}${hex.slice(0, 2)}`],
    [`sha256=${Buffer.from(hex, "hex").toString("base64")}`],
    ["\u00ff".repeat(70)],
    ["x".repeat(8_000)],
  ]);
  const right = signatures.length === 1 && signatures[0] === signature;
  const headers: readonly Header[] = [
    type,
    delivery,
    name,
    ...signatures.map((one): Header => ["x-hub-signature-256", one]),
    // The old header is right, and nobody looks at it.
    ["x-hub-signature", `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`],
  ];
  return {
    kind: "signature",
    guid,
    bytes: [requestOf(headers, body), body],
    right: [right ? (isObject(body) ? 202 : 400) : 401],
    handled: false,
  };
}

function wrongHeaders(random: Random, secret: string, guid: string, { event, bytes: body }: Body): WebhookCase {
  const [type, delivery, name, signature] = headersOf(secret, guid, event, body) as [Header, Header, Header, Header];
  const odd = random.pick(["", "a b", "é", "a'b; --", "x".repeat(101), "\u00ff", "{}", "../x", "a,b", "\t"]);
  const unknown = random.pick(["constructor", "__proto__", "toString", "PUSH", "star", "hasOwnProperty", "_", "0"]);
  const [headers, right] = random.pick<readonly [readonly Header[], number]>([
    [[type, ["x-github-delivery", odd], name, signature], 400],
    [[type, delivery, ["x-github-event", odd], signature], 400],
    [[type, delivery, ["x-github-event", unknown], signature], 202],
    [[type, delivery, delivery, name, signature], 400],
    [[type, delivery, name, name, signature], 400],
    [[type, delivery, signature], 400],
    [[type, name, signature], 400],
    [
      [
        delivery,
        name,
        signature,
        ["content-type", "text/plain"],
        ["content-type", "application/x-www-form-urlencoded"],
      ],
      202,
    ],
    [
      [
        ["X-GITHUB-DELIVERY", guid],
        ["X-GitHub-Event", event],
        ["X-HUB-Signature-256", signature[1]],
      ],
      202,
    ],
    [[type, delivery, name, signature, ["content-encoding", "gzip"], ["cookie", "x".repeat(2_000)]], 202],
    [[type, delivery, name, signature, ["x-http-method-override", "GET"], ["x-original-url", "/metrics"]], 202],
  ]);
  return {
    kind: "headers",
    guid,
    bytes: [requestOf(headers, body), body],
    right: [right === 202 && !isObject(body) ? 400 : right],
    handled: false,
  };
}

/** A request that is no whole one, that says two things of its length, or that is for something else. */
function wrongFrame(random: Random, secret: string, guid: string, { event, bytes }: Body): WebhookCase {
  // Half of it must be neither nothing nor all.
  const body = bytes.length < 2 ? Buffer.from("{}") : bytes;
  const headers = headersOf(secret, guid, event, body);
  const chunked = "transfer-encoding: chunked";
  const half = body.subarray(0, Math.floor(body.length / 2));
  const chunk = (part: Uint8Array, size = part.length.toString(16)): Uint8Array[] => [
    Buffer.from(`${size}\r\n`),
    part,
    Buffer.from("\r\n"),
  ];
  const length = `content-length: ${body.length}`;
  const whole = isObject(body) ? 202 : 400;
  const notThere = random.pick([
    "/",
    "/api/github/webhooks/",
    "/api/github",
    "//api/github/webhooks",
    "/API/github/webhooks",
  ]);
  const send = (over: { path?: string; frame?: string }, ...parts: readonly Uint8Array[]): readonly Uint8Array[] => [
    requestOf(headers, body, over),
    ...parts,
  ];
  const and = (...more: readonly Header[]): readonly Uint8Array[] => [requestOf([...headers, ...more], body), body];
  const method = random.pick(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]);
  const [parts, right, mayBeStored = false] = random.pick<readonly [readonly Uint8Array[], number, boolean?]>([
    [send({}, half), 400],
    [send({}), 400],
    [[requestOf(headers, body).subarray(0, 60)], 400],
    [send({ frame: chunked }, ...chunk(half)), 400],
    [send({ frame: chunked }, ...chunk(body, "zz")), 400],
    [send({ frame: `${chunked}\r\n${length}` }, ...chunk(body)), 400],
    [send({ frame: `${length}\r\n${length}1` }, body), 400],
    [send({ frame: "content-length: -1" }, body), 400],
    [send({ frame: "content-length: 1e3" }, body), 400],
    [send({ frame: `content-length: ${"9".repeat(30)}` }, body), 400],
    [send({ frame: chunked }, ...chunk(half), ...chunk(body.subarray(half.length)), ...chunk(NOTHING)), whole],
    [send({ path: `POST ${PATH}?a=b&%ff` }, body), whole],
    // What comes after the body is refused, be that before or after the body is stored.
    [send({}, body, Buffer.from("GET /metrics HTTP/1.1\r\n\r\n")), whole, true],
    [send({}, body, Buffer.from([0xff, 0x00, 0x0d, 0x0a])), whole, true],
    [send({ path: `POST ${notThere}` }, body), 404],
    [send({ path: `${method} ${PATH}` }, body), 405],
    [send({ path: `PO\u0000ST ${PATH}` }, body), 400],
    [and(["x-long", "x".repeat(40_000)]), 431],
    [and(["x\u0001", "y"]), 400],
    [[requestOf([], body), body], 401],
  ]);
  return {
    kind: "frame",
    guid,
    bytes: parts,
    // A server that answers before it has read all closes a connection that is still written to.
    right: right === 202 || right === 401 ? [right] : [right, undefined],
    ...(mayBeStored ? { right: [right, 400, undefined], mayBeStored } : {}),
    handled: false,
  };
}

/** A body of more than GitHub sends, signed as it is. */
function tooLarge(random: Random, secret: string, guid: string): WebhookCase {
  const body = Buffer.alloc(26 * 1024 * 1024 + 1 + random.below(1_000), "{");
  return { ...rightRequest(random, secret, guid, { kind: "huge", event: "push", bytes: body }), right: [413] };
}

function bodyOf(random: Random, { event, payload }: ExamplePayload): Body {
  const text = JSON.stringify(payload);
  switch (random.below(8)) {
    case 0:
      return { kind: "example", event, bytes: Buffer.from(text), handled: true };
    case 1:
      return { kind: "bytes", event, bytes: mutateBytes(random, Buffer.from(text), 1 + random.below(4)) };
    case 2:
      return { kind: "cut", event, bytes: Buffer.from(text).subarray(0, random.below(text.length)) };
    case 3:
      return {
        kind: "comment",
        event: "issue_comment",
        bytes: Buffer.from(JSON.stringify(commentOf(random))),
        handled: true,
      };
    case 4:
      return { kind: "odd", event, bytes: Buffer.from(oddBody(random, text), "latin1") };
    default:
      return { kind: "values", event, bytes: Buffer.from(changeValues(random, payload, 1 + random.below(4))) };
  }
}

/** A comment with a command and whatever somebody writes behind it. */
function commentOf(random: Random): object {
  const words = Array.from({ length: 1 + random.below(4) }, () => hostileText(random)).join(` ${PRIVATE} `);
  const padded = random.chance(0.3) ? `${"x".repeat(random.below(510))}${"😀".repeat(300)}` : words;
  return {
    action: "created",
    installation: { id: 3_000_000 },
    repository: { id: 3_000_001, name: "shop", full_name: "acme/shop", owner: { login: "acme" } },
    issue: { number: 1 + random.below(1_000), pull_request: {} },
    comment: {
      id: 1 + random.below(1e9),
      body: `/portcullis ${random.pick(["override", "override ", "recheck", "x"])} ${padded}`,
      user: { id: 5, login: "ann", type: "User" },
      created_at: "2026-02-01T12:00:00Z",
    },
  };
}

function oddBody(random: Random, text: string): string {
  const depth = random.pick([10, 1_000, 20_000]);
  return random.pick([
    "",
    "null",
    "[]",
    "0",
    '"text"',
    "{",
    "{}",
    "\u00ef\u00bb\u00bf{}",
    `[${text}]`,
    `${text}${text}`,
    `{"action":"opened","a":${"[".repeat(depth)}${"]".repeat(depth)},${text.slice(1)}`,
    `{"action":"opened","installation":${'{"id":'.repeat(depth)}1${"}".repeat(depth)}}`,
    `{"__proto__":{"action":"opened","installation":{"id":1}},${text.slice(1)}`,
    `{"constructor":{"prototype":{"polluted":true}},${text.slice(1)}`,
    `{"a":"${"x".repeat(1_000_000)}",${text.slice(1)}`,
    `${text.slice(0, -1)},"action":{"a":1}}`,
    `${text.slice(0, -1)},"repository":null}`,
    `${text.slice(0, -1)},"installation":{"id":"\u00ff\u00fe"}}`,
    `payload=${encodeURIComponent(text)}`,
  ]);
}

/** What is put in the place of a value, as JSON: `undefined` stands for none. */
const VALUES: readonly string[] = [
  "null",
  "true",
  "0",
  "-1",
  "1.5",
  "1e400",
  "9007199254740993",
  "99999999999999999999",
  '""',
  '"a"',
  '"1"',
  '"\\u0000"',
  '"\\ud83d"',
  '"__proto__"',
  '"\'; drop table portcullis.work; --"',
  '"../../etc/passwd"',
  "[]",
  "[null]",
  "[[]]",
  "{}",
  '{"id":null}',
  '{"__proto__":{"id":1}}',
  '{"toString":1}',
  '{"length":1e9}',
];

/** The payload with some of its values replaced or left out; those near its top are what handlers read. */
function changeValues(random: Random, payload: object, times: number): string {
  const value = JSON.parse(JSON.stringify(payload)) as { [key: string]: unknown };
  const put = new Map<string, string>();
  for (let left = times; left > 0; left -= 1) {
    let at: { [key: string]: unknown } = value;
    for (;;) {
      const keys = Object.keys(at);
      if (keys.length === 0) break;
      const key = random.pick(keys);
      const inner = at[key];
      if (typeof inner === "object" && inner !== null && random.chance(0.7)) {
        at = inner as { [key: string]: unknown };
        continue;
      }
      if (random.chance(0.25)) delete at[key];
      else {
        // A place holder, since what replaces it may be what no JavaScript value is written as.
        const holder = `fuzz-place-${put.size}`;
        put.set(holder, random.pick(VALUES));
        at[key] = holder;
      }
      break;
    }
  }
  return JSON.stringify(value).replaceAll(/"(fuzz-place-\d+)"/g, (text, holder: string) => put.get(holder) ?? text);
}
