import { expect, test } from "@jest/globals";
import { proposedFetch, trustedFetch } from "../../../src/engine/policies/policy-fetch.ts";
import { readPolicySet, type PolicySet } from "../../../src/app/rules/policy-set.ts";
import { PoliciesUnanswered } from "../../../src/engine/policies/open-reference.ts";
import type { RemoteOutcome, Remotes } from "../../../src/model/remotes.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { judgeOfPolicies, now } from "./policy-sets.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const found: RemoteOutcome = {
  kind: "found",
  content: { version: "1", digest: digest("a"), tree: memoryTree({ "a.rego": "package a\n" }) },
};

/** Servers that have everything; `guarded` are URLs that credentials open. */
function servers(
  outcome = found,
  guarded: readonly string[] = [],
): { readonly remotes: Remotes; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    remotes: {
      fetch: async (reference) => {
        asked.push("url" in reference ? reference.url : reference.repository);
        return outcome;
      },
      isGuarded: async (url) => guarded.includes(url),
    },
  };
}

const configuration = (policies: string, more = ""): string => `version: 1\npolicies: ["${policies}"]\n${more}`;
const ours = `oci://ghcr.io/acme/policies@${digest("a")}`;

async function read(text: string, { remotes }: { readonly remotes: Remotes }, by?: PolicySet): Promise<PolicySet> {
  const open = () => remotes;
  const fetchFor =
    by === undefined ? trustedFetch(open) : proposedFetch(open, by.kind === "none" ? undefined : by.config);
  return readPolicySet(memoryTree({ "portcullis.yaml": text }), judgeOfPolicies(), now, fetchFor);
}

const messages = (set: PolicySet): readonly string[] =>
  set.kind === "none" ? [] : set.problems.map(({ message }) => message);

test("rules of the gated branch have what they name", async () => {
  const set = await read(configuration(ours), servers());
  expect(messages(set)).toEqual([]);
  expect(set.kind === "set" ? set.sources.files.map(({ path }) => path) : []).toEqual([
    "ghcr.io/acme/policies@aaaaaaaaaaaa/a.rego",
  ]);
});

test.each<[string, string, string, readonly string[], boolean]>([
  ["another digest of what is in force", ours, `oci://ghcr.io/acme/policies@${digest("b")}`, [], true],
  ["another place", ours, `oci://ghcr.io/evil/policies@${digest("b")}`, [], false],
  ["another place that is allowed", ours, `oci://ghcr.io/acme/more@${digest("b")}`, ["oci://ghcr.io/acme/**"], true],
  ["anything where nothing is in force", "", ours, [], false],
])("proposed rules have %s: %s → %s", async (_, old, proposed, allow, isFetched) => {
  const more = `remotes: { allow: ${JSON.stringify(allow)} }\n`;
  const inForce: PolicySet = old === "" ? { kind: "none" } : await read(configuration(old, more), servers());
  const { remotes, asked } = servers();
  const set = await read(configuration(proposed), { remotes }, inForce);
  expect(asked).toHaveLength(isFetched ? 1 : 0);
  if (isFetched) expect(messages(set)).toEqual([]);
  else expect(messages(set).join()).toMatch(/it is not fetched for a proposal/);
});

test("what the App's credentials open is not fetched for a proposal by fetch: any", async () => {
  const inForce = await read(configuration(ours, "remotes: { fetch: any }\n"), servers());
  const url = "oci://ghcr.io/acme/private";
  for (const [guarded, times] of [
    [[], 1],
    [[url], 0],
  ] as const) {
    const { remotes, asked } = servers(found, guarded);
    await read(configuration(`${url}@${digest("b")}`), { remotes }, inForce);
    expect(asked).toHaveLength(times);
  }
});

test("a proposal cannot permit itself anything", async () => {
  const inForce = await read(configuration(ours), servers());
  const { remotes, asked } = servers();
  const url = "oci://ghcr.io/evil/policies";
  await read(
    configuration(`${url}@${digest("b")}`, `remotes: { fetch: any, allow: ["${url}"] }\n`),
    { remotes },
    inForce,
  );
  expect(asked).toEqual([]);
});

test("where a server is silent, nothing is known of the rules", async () => {
  await expect(read(configuration(ours), servers({ kind: "unanswered", message: "it is silent" }))).rejects.toThrow(
    PoliciesUnanswered,
  );
});

test("what the server does not have is a problem at its entry", async () => {
  const set = await read(configuration(ours), servers({ kind: "absent", message: "there is no such thing" }));
  expect(set.kind === "set" ? set.problems : []).toMatchObject([
    { stage: "config", path: "portcullis.yaml", line: 2, message: `${ours}: there is no such thing` },
  ]);
});
