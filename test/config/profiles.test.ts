import { expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { policySources } from "../../src/config/policy-sources.ts";
import { readProfiles } from "../../src/config/profiles.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { shippedProfiles } from "../../src/config/shipped-policies.ts";
import { libraryTree } from "../../src/tree/library-tree.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

const read = (policies: readonly string[], source?: Parameters<typeof policySources>[2]) =>
  policySources(memoryTree({}), { policies, data: [] }, source, libraryTree());

const idsOf = (paths: readonly { readonly path: string }[]) =>
  new Set(paths.map(({ path }) => path.split("/").slice(2, 4).join("/")).filter((id) => !id.endsWith(".rego")));

const folders = readdirSync("policies", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["frameworks", "lib", "profiles"].includes(entry.name))
  .flatMap(({ name }) => readdirSync(`policies/${name}`).map((policy) => `${name}/${policy}`));

test("a profile has the policies that it names, at the levels that it gives them", async () => {
  const { sources, problems } = await read(["@portcullis/pss-restricted"]);
  expect(problems).toEqual([]);
  expect(idsOf(sources.files)).toEqual(new Set(Object.keys(sources.levels ?? {})));
  expect(sources.levels).toMatchObject({ "pods/privileged": "deny", "pods/run-as-non-root": "deny" });
});

test("of several profiles the strictest level of a policy counts, in any order", async () => {
  for (const profiles of [
    ["@portcullis/library", "@portcullis/pss-restricted"],
    ["@portcullis/pss-restricted", "@portcullis/library"],
  ]) {
    const { sources } = await read(profiles);
    expect(sources.levels).toMatchObject({ "pods/run-as-non-root": "deny", "images/moving-tag": "warn" });
  }
});

test("@portcullis/all has every policy at its own level", async () => {
  const { sources, problems } = await read(["@portcullis/all"]);
  expect(problems).toEqual([]);
  expect([...idsOf(sources.files)].toSorted()).toEqual(folders.toSorted());
  expect(sources.levels).toBeUndefined();
});

test("a name that is no profile is an error at its line, with the near name and the list", async () => {
  const text = 'version: 1\npolicies:\n  - "@portcullis/library"\n  - "@portcullis/pss-baselne"\n';
  const { config, source } = readConfig("portcullis.yaml", text);
  const { problems } = await read(config.policies, source);
  expect(problems).toMatchObject([{ stage: "config", path: "portcullis.yaml", line: 4 }]);
  expect(problems[0]?.message).toContain('did you mean "@portcullis/pss-baseline"; expected one of @portcullis/all, ');
});

test("a profile names policies that ship, and every policy is in a profile", async () => {
  const profiles = await shippedProfiles(libraryTree());
  const named = [...profiles.values()].flatMap(({ levels }) => [...levels.keys()]);
  expect([...new Set(named)].toSorted()).toEqual(folders.toSorted());
});

test("the page of profiles lists each with its title and its description", async () => {
  const page = readFileSync("docs/profiles.md", "utf8");
  for (const [name, { title, description }] of await shippedProfiles(libraryTree()))
    expect(page).toContain(`| \`@portcullis/${name}\` | ${title} | ${description} |`);
});

test.each([
  ["a level that is none", "title: A\ndescription: a\npolicies: { pods/a: error }\n", "a.yaml: pods/a: expected deny"],
  ["no policies", "title: A\ndescription: a\n", "a.yaml: expected title, description and policies"],
  ["itself as a base", "title: A\ndescription: a\nextends: [a]\npolicies: {}\n", "a.yaml extends a, which it cannot"],
])("a profile with %s is refused", (_, text, message) => {
  expect(() => readProfiles(new Map([["a", text]]))).toThrow(message);
});
