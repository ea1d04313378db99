import { expect, test } from "@jest/globals";
import { readPolicySet, type PolicySet } from "../../../src/app/rules/policy-set.ts";
import { splitChange } from "../../../src/app/rules/rules-change.ts";
import { weakenings } from "../../../src/app/rules/weakening.ts";
import { proposedFetch, trustedFetch } from "../../../src/engine/policies/policy-fetch.ts";
import { unmetExpectations } from "../../../src/gate/expectations.ts";
import type { Config } from "../../../src/model/config.ts";
import type { Remotes } from "../../../src/model/remotes.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { judgeOfPolicies, now } from "./policy-sets.ts";

type Set = Extract<PolicySet, { readonly kind: "set" }>;
type Files = { readonly [path: string]: string };

const REGO = "package main\n\ndeny contains msg if { msg := input.kind }\n";
const ours = (letter: string): string => `git+https://github.com/acme/gate//shared.yaml?ref=${letter.repeat(40)}`;

/** Servers that have this shared configuration at every commit of every repository. */
function serving(text: string): { readonly remotes: Remotes; readonly asked: string[] } {
  const asked: string[] = [];
  const tree = memoryTree({ "shared.yaml": text, "rules/a.rego": REGO });
  return {
    asked,
    remotes: {
      fetch: async (reference) => {
        asked.push("url" in reference ? reference.url : reference.repository);
        return { kind: "found", content: { version: "1", digest: "1", tree } };
      },
    },
  };
}

const SHARED = "version: 1\npolicies: [rules]\nlocked: [mode]\nlevels: { a/b: deny }\n";

async function read(files: Files, remotes = serving(SHARED).remotes, by?: PolicySet): Promise<Set> {
  const open = () => remotes;
  const inForce = by?.kind === "set" ? by.config : undefined;
  const fetchFor = by === undefined ? trustedFetch(open) : proposedFetch(open, inForce);
  const set = await readPolicySet(memoryTree(files), judgeOfPolicies(), now, fetchFor);
  if (set.kind === "none") throw new Error("there is no portcullis.yaml");
  return set;
}

const told = ({ problems }: Set): readonly string[] =>
  problems.map(({ path, line, message }) => `${path}:${line}: ${message}`);

test("what is shared is a part of the rules", async () => {
  const set = await read({ "portcullis.yaml": `version: 1\nextends: ${ours("a")}\n`, "policies/own.rego": REGO });
  expect(told(set)).toEqual([]);
  expect(set.config).toMatchObject({ extends: [ours("a")], locked: ["mode"], levels: { "a/b": "deny" } });
  expect(set.sources.files.map(({ path }) => path)).toEqual([
    "github.com/acme/gate@aaaaaaaaaaaa/rules/a.rego",
    "policies/own.rego",
  ]);
});

test("files of the repository do not add to what is shared", async () => {
  const hidden = "github.com/acme/gate@aaaaaaaaaaaa/rules/b.rego";
  const set = await read({ "portcullis.yaml": `extends: ${ours("a")}\n`, [hidden]: REGO });
  expect(set.sources.files.map(({ path }) => path)).not.toContain(hidden);
});

test("what is shared need not match in each repository, unless it is wrong in all", async () => {
  const shared = `version: 1
manifests: { include: ["apps/**", "nowhere/**", "@(a)"] }
environments: { production: { paths: [clusters/production] } }
levels: { a/x: warn }
`;
  const set = await read(
    { "portcullis.yaml": `extends: ${ours("a")}\nmanifests: { include: ["typo/**"] }\n`, "policies/a.rego": REGO },
    serving(shared).remotes,
  );
  const state = { judge: set.judge, paths: ["apps/a.yaml"], named: [], reached: new Set<string>() };
  const at = "github.com/acme/gate@aaaaaaaaaaaa/shared.yaml";
  expect(
    unmetExpectations(set.config, set.source, state).map(({ path, line, message }) => [path, line, message]),
  ).toEqual([
    [at, 2, expect.stringContaining('the pattern "@(a)" cannot be read')],
    ["portcullis.yaml", 2, 'the pattern "typo/**" matches no file'],
    [at, 4, expect.stringContaining('no policy has the id "a/x"')],
  ]);
});

test("a change of a shared configuration in the tree is a change of the rules", async () => {
  const set = await read({
    "portcullis.yaml": "extends: gate/shared.yaml\n",
    "gate/shared.yaml": SHARED,
    "gate/rules/a.rego": REGO,
  });
  expect(splitChange(["gate/shared.yaml", "apps/a.yaml"], set)).toEqual({ rules: true, other: ["apps/a.yaml"] });
  expect(splitChange(["gate/rules/a.rego"], set).rules).toBe(true);
  // By convention these are the repository's own policies, once there are any.
  expect(splitChange(["policies/new.rego"], set).rules).toBe(true);
});

test.each<[string, string, string, boolean]>([
  ["another commit of what is in force", ours("a"), ours("b"), true],
  ["another repository", ours("a"), ours("b").replace("acme", "evil"), false],
])("a proposal to extend %s", async (_, old, next, isFetched) => {
  const inForce = await read({ "portcullis.yaml": `extends: ${old}\n` });
  const { remotes, asked } = serving(SHARED);
  const set = await read(
    { "portcullis.yaml": `mode: report\nextends: ${next}\nremotes: { fetch: any }\n` },
    remotes,
    inForce,
  );
  expect(asked).toHaveLength(isFetched ? 1 : 0);
  expect(told(set).join()).toMatch(
    isFetched ? /^portcullis\.yaml:1: mode is locked/ : /^portcullis\.yaml:2: .*not fetched for a proposal/,
  );
  expect(set.config.mode).toBe("enforce");
});

const rules = (config: Config) => ({ config, policies: [{ id: "a/b" }] });
const sentences = (old: Set, next: Set): readonly string[] =>
  weakenings(rules(old.config), rules(next.config), "2026-11-23").map(({ sentence }) => sentence);

test("what a change no longer extends, and what is no longer locked, weakens the rules", async () => {
  const old = await read({ "portcullis.yaml": `extends: ${ours("a")}\n` });
  const without = await read({ "portcullis.yaml": "policies: [rules]\n", "rules/a.rego": REGO });
  expect(sentences(old, without)).toEqual([
    "no longer extends github.com/acme/gate/shared.yaml",
    "no longer locks mode",
    "no longer sets a/b to deny, so the policy's own level applies",
  ]);
  expect(sentences(old, await read({ "portcullis.yaml": `extends: ${ours("b")}\n` }))).toEqual([]);
});

const chain = (length: number): Files =>
  Object.fromEntries(
    Array.from({ length }, (_, at) => [
      `s${at}.yaml`,
      `version: 1\n${at + 1 < length ? `extends: s${at + 1}.yaml\n` : ""}`,
    ]),
  );

test("five configurations may extend one another", async () => {
  expect(told(await read({ "portcullis.yaml": "extends: s0.yaml\n", "policies/a.rego": REGO, ...chain(5) }))).toEqual(
    [],
  );
});

test.each<[string, string, Files, RegExp]>([
  [
    "a branch",
    "git+https://example.com/a//b?ref=main",
    {},
    /^portcullis\.yaml:2: extends: .*does not say which content it is/,
  ],
  ["a tag", "oci://ghcr.io/acme/gate:1", {}, /^portcullis\.yaml:2: extends: .*does not say which content it is/],
  [
    "a path out of the repository",
    "../shared.yaml",
    {},
    /^portcullis\.yaml:2: extends: .*expected a path inside the repository/,
  ],
  ["an absolute path", "/etc/passwd", {}, /^portcullis\.yaml:2: extends: .*expected a path inside the repository/],
  ["a file that is not there", "shared.yaml", {}, /^portcullis\.yaml:2: extends: shared\.yaml: no such file/],
  ["itself", "portcullis.yaml", {}, /^portcullis\.yaml:2: extends: .* extends this configuration itself/],
  ["more than five", "s0.yaml", chain(6), /^s4\.yaml:2: extends: more than 5 configurations/],
  [
    "a ring",
    "a.yaml",
    { "a.yaml": "extends: b.yaml\n", "b.yaml": "extends: a.yaml\n" },
    /^b\.yaml:1: extends: .* itself/,
  ],
  [
    "a file with an unknown key",
    "a.yaml",
    { "a.yaml": "version: 1\npolices: [a]\n" },
    /^a\.yaml:2: unknown key "polices"; did you mean "policies"\?/,
  ],
  ["a file that is no YAML", "a.yaml", { "a.yaml": "a: [\n" }, /^a\.yaml:\d+: /],
  [
    "policies out of its tree",
    "a/b.yaml",
    { "a/b.yaml": "policies: [../../x]\n" },
    /^a\/b\.yaml:1: .*expected a path beside the shared configuration/,
  ],
  [
    "policies that are not there",
    "a/b.yaml",
    { "a/b.yaml": "version: 1\npolicies: [x]\n" },
    /^a\/b\.yaml:2: a\/x: no such file or directory/,
  ],
])("extends: %s is a problem at its line", async (_, reference, files, message) => {
  const set = await read({
    "portcullis.yaml": `mode: report\nextends: "${reference}"\n`,
    "policies/a.rego": REGO,
    ...files,
  });
  expect(told(set)[0]).toMatch(message);
});
