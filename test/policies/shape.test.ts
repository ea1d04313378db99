import { expect, test } from "@jest/globals";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const library = "policies";
const folders = readdirSync(library)
  .filter(
    (category) =>
      !["frameworks", "lib", "profiles"].includes(category) && statSync(join(library, category)).isDirectory(),
  )
  .flatMap((category) =>
    readdirSync(join(library, category)).map((name) => ({ id: `${category}/${name}`, category, name })),
  );

const read = (id: string, file: string) => readFileSync(join(library, id, file), "utf8");
const packageOf = (policy: { category: string; name: string }) =>
  `portcullis.${policy.category}.${policy.name.replaceAll("-", "_")}`;

test("at least twelve policies ship", () => {
  expect(folders.length).toBeGreaterThanOrEqual(12);
});

test.each(folders)("$id is a whole folder: policy, tests, page and both kinds of fixture", ({ id }) => {
  for (const file of ["policy.rego", "policy_test.rego", "README.md"]) {
    expect({ file, there: existsSync(join(library, id, file)) }).toEqual({ file, there: true });
  }
  const fixtures = readdirSync(join(library, id, "fixtures"));
  expect(fixtures.filter((name) => name.startsWith("accepted-")).length).toBeGreaterThan(0);
  expect(fixtures.filter((name) => name.startsWith("rejected-")).length).toBeGreaterThan(0);
  expect(fixtures.filter((name) => !/^(accepted|rejected)-[a-z0-9-]+\.yaml$/.test(name))).toEqual([]);
});

test.each(folders)("$id names its package after its folder and documents itself", (policy) => {
  const source = read(policy.id, "policy.rego");
  expect(source).toContain(`package ${packageOf(policy)}\n`);
  for (const key of ["# title: ", "# description: ", "# related_resources:", "#   severity: ", "#   controls:"]) {
    expect(source).toContain(key);
  }
});

test.each(folders)("$id has a page that says what is wrong and how to fix it, under its own name", ({ id }) => {
  const page = read(id, "README.md");
  expect(page.startsWith(`# ${id}\n`)).toBe(true);
  expect(page).toMatch(/^## Why$/m);
  expect(page).toMatch(/^## What is (denied|reported)$/m);
  expect(page).toMatch(/^## How to fix$/m);
  expect(readFileSync(join(library, "README.md"), "utf8")).toContain(`[${id}](${id}/README.md)`);
});

test.each(folders)("every rejected fixture of $id pins the line of its finding", ({ id }) => {
  const rejected = readdirSync(join(library, id, "fixtures")).filter((name) => name.startsWith("rejected-"));
  const unpinned = rejected.filter((name) => !read(id, join("fixtures", name)).includes("# finding"));
  expect(unpinned).toEqual([]);
});

test("the table of all policies gives the level and the title of each", () => {
  const table = readFileSync(join(library, "README.md"), "utf8");
  for (const { id } of folders) {
    const source = read(id, "policy.rego");
    const title = /^# title: "?(.+?)"?$/m.exec(source)?.[1] ?? "";
    const level = /^# {3}level: (\w+)$/m.exec(source)?.[1] ?? "deny";
    expect(table).toContain(`| [${id}](${id}/README.md) | ${level} | ${title} |`);
  }
});

test.each(folders)("the page of $id names the controls of its METADATA", ({ id }) => {
  const block = /#   controls:\n((?:#   - .+\n)+)/.exec(read(id, "policy.rego"))?.[1] ?? "";
  const controls = [...block.matchAll(/- (.+)/g)].map(([, control = ""]) => control);
  expect(read(id, "README.md")).toContain(`| controls | ${controls.join(", ")} |`);
});
