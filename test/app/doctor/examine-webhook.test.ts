import { expect, test } from "@jest/globals";
import { examineDeliveries } from "../../../src/app/doctor/examine-deliveries.ts";
import { examineConfiguration } from "../../../src/app/doctor/examine-webhook.ts";
import type { HookConfiguration, HookDelivery } from "../../../src/github/app-calls.ts";
import type { Diagnosis } from "../../../src/model/diagnosis.ts";

const shown = (diagnoses: readonly Diagnosis[]): readonly string[] =>
  diagnoses.map(({ state, code, found }) => `${state} ${code} ${found}`);

const configured: HookConfiguration = {
  url: "https://gate.example.com/api/github/webhooks",
  contentType: "json",
  signed: true,
  checksCertificate: true,
};
const right =
  "ok webhook/configured GitHub delivers webhooks to https://gate.example.com/api/github/webhooks, signed, as JSON";

test.each<readonly [string, HookConfiguration, readonly string[]]>([
  ["as it should be", configured, [right]],
  [
    "credentials and a query in the URL, which are not shown",
    { ...configured, url: "https://u:secret@gate.example.com/api/github/webhooks?key=secret" },
    [right],
  ],
  [
    "no URL",
    { contentType: "json", signed: true, checksCertificate: true },
    ["failure webhook/no-url GitHub has no URL to deliver webhooks to"],
  ],
  [
    "another path",
    { ...configured, url: "https://gate.example.com/" },
    [
      "ok webhook/configured GitHub delivers webhooks to https://gate.example.com/, signed, as JSON",
      "warning webhook/path GitHub delivers to https://gate.example.com/, and the server listens on /api/github/webhooks",
    ],
  ],
  [
    "no secret",
    { ...configured, signed: false },
    ["failure webhook/unsigned GitHub has no secret to sign webhooks with, so the server refuses all of them"],
  ],
  [
    "forms",
    { ...configured, contentType: "form" },
    ["failure webhook/content-type GitHub delivers webhooks as form, which the server does not read"],
  ],
  [
    "any certificate",
    { ...configured, checksCertificate: false },
    [
      right,
      "warning webhook/certificate GitHub does not check the certificate of gate.example.com: webhooks can be read on their way",
    ],
  ],
  [
    "no encryption",
    { ...configured, url: "http://gate.example.com/api/github/webhooks" },
    [
      right.replace("https:", "http:"),
      "warning webhook/unencrypted webhooks travel unencrypted to http://gate.example.com/api/github/webhooks",
    ],
  ],
])("a webhook with %s", (_what, hook, lines) => {
  expect(shown(examineConfiguration(hook))).toEqual(lines);
});

test.each([
  ["https://gate.example.com", "https://gate.example.com/api/github/webhooks", []],
  ["https://example.com/gate", "https://example.com/gate/api/github/webhooks", []],
  [
    "https://new.example.com",
    "https://old.example.com/api/github/webhooks",
    [
      "warning webhook/other-address GitHub delivers to https://old.example.com/api/github/webhooks, and by PUBLIC_URL this server is at https://new.example.com/api/github/webhooks",
    ],
  ],
])("a server at %s whose webhooks go to %s", (publicUrl, url, lines) => {
  expect(shown(examineConfiguration({ ...configured, url }, publicUrl)).slice(1)).toEqual(lines);
});

const now = Date.parse("2027-01-15T12:00:00Z");
let id = 0;

/** An attempt so many minutes ago. */
function attempt(minutes: number, status: number, guid = `guid-${++id}`): HookDelivery {
  const deliveredAt = new Date(now - minutes * 60_000).toISOString();
  return { id: String(++id), guid, event: "pull_request", deliveredAt, status };
}

async function deliveries(...attempts: readonly HookDelivery[]): Promise<readonly Diagnosis[]> {
  return examineDeliveries({ readDeliveries: async () => ({ deliveries: attempts }) }, now);
}

test.each<readonly [string, readonly HookDelivery[], readonly string[]]>([
  ["none", [], ["unknown webhook/deliveries GitHub has delivered nothing in the past days"]],
  [
    "all accepted",
    [attempt(3, 202), attempt(90, 202)],
    ["ok webhook/deliveries webhooks arrive: the last one was accepted 3 minutes ago"],
  ],
  [
    "a wrong secret",
    [attempt(1, 401), attempt(2, 401)],
    [
      "failure webhook/wrong-secret all of the last 2 webhooks were refused for a wrong signature (HTTP 401), the newest 1 minute ago",
    ],
  ],
  [
    "a wrong secret until it was corrected",
    [attempt(5, 202), attempt(60, 401)],
    [
      "ok webhook/deliveries webhooks arrive: the last one was accepted 5 minutes ago",
      "warning webhook/wrong-secret 1 of the last 2 webhooks was refused for a wrong signature (HTTP 401), the newest 1 hour ago; later ones were accepted",
    ],
  ],
  [
    "a server that went away",
    [attempt(1, 502), attempt(2, 0), attempt(3, 504), attempt(4, 202)],
    [
      "ok webhook/deliveries webhooks arrive: the last one was accepted 4 minutes ago",
      "failure webhook/unreachable 3 of the last 4 webhooks were unanswered (HTTP 502, HTTP 504), the newest 1 minute ago",
    ],
  ],
  [
    "a server that never answered",
    [attempt(1, 0), attempt(2, 0)],
    ["failure webhook/unreachable all of the last 2 webhooks were unanswered, the newest 1 minute ago"],
  ],
  [
    "a delivery that was delivered again and accepted",
    [attempt(1, 202, "again"), attempt(9, 502, "again")],
    ["ok webhook/deliveries webhooks arrive: the last one was accepted 1 minute ago"],
  ],
  [
    "a delivery that was delivered again in vain counts once",
    [attempt(1, 502, "vain"), attempt(9, 502, "vain")],
    [
      "failure webhook/unreachable the only webhook of the past days was unanswered (HTTP 502), the newest 1 minute ago",
    ],
  ],
  [
    "each kind of trouble",
    [attempt(1, 404), attempt(2, 413), attempt(3, 503), attempt(4, 400)],
    [
      "failure webhook/not-found 1 of the last 4 webhooks was sent to what is no webhook endpoint (HTTP 404), the newest 1 minute ago",
      "failure webhook/too-large 1 of the last 4 webhooks was too large for what answered (HTTP 413), the newest 2 minutes ago",
      "failure webhook/not-stored 1 of the last 4 webhooks was not stored, or sent to a server that was not up (HTTP 503), the newest 3 minutes ago",
      "failure webhook/refused 1 of the last 4 webhooks was refused (HTTP 400), the newest 4 minutes ago",
    ],
  ],
])("deliveries: %s", async (_what, attempts, lines) => {
  expect(shown(await deliveries(...attempts))).toEqual(lines);
});

test("only the last pages are read", async () => {
  const cursors: (string | undefined)[] = [];
  await examineDeliveries(
    {
      readDeliveries: async (cursor) => {
        cursors.push(cursor);
        return { deliveries: [attempt(1, 202)], next: `v1_${cursors.length}` };
      },
    },
    now,
  );
  expect(cursors).toEqual([undefined, "v1_1", "v1_2"]);
});
