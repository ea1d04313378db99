import { expect, test } from "@jest/globals";
import { compareListed } from "../../../src/app/reconcile/listed.ts";
import type { ListedRepository } from "../../../src/github/app-calls.ts";
import type { Repository } from "../../../src/store/repositories.ts";
import { storedRepository } from "../../support/fakes/app.ts";

const SINCE = Date.parse("2027-01-15T10:00:00Z");

const listed: ListedRepository = {
  id: 7,
  owner: "acme",
  name: "shop",
  defaultBranch: "main",
  archived: false,
  pushedAt: "2027-01-15T11:00:00Z",
};

test.each<[string, Repository | undefined, Partial<ListedRepository>, readonly string[]]>([
  ["is as it was", storedRepository(), {}, []],
  ["is new", undefined, {}, ["repository added"]],
  ["is new and archived", undefined, { archived: true }, []],
  ["has another name", storedRepository({ name: "store" }), {}, ["repository renamed"]],
  ["has an owner of another name", storedRepository({ owner: "acme-inc" }), {}, ["repository renamed"]],
  ["is in another installation", storedRepository({ installation: 2, owner: "other" }), {}, ["repository transferred"]],
  ["has another default branch", storedRepository({ defaultBranch: "master" }), {}, ["default branch changed"]],
  ["is not enrolled and was pushed to", storedRepository({ enrolled: false }), {}, ["pushed to"]],
  ["is not enrolled and archived", storedRepository({ enrolled: false }), { archived: true }, []],
  ["was not pushed to", storedRepository({ enrolled: false }), { pushedAt: "2027-01-15T09:00:00Z" }, []],
])("a repository that %s", (_, known, over, expected) => {
  expect(compareListed(known, { ...listed, ...over }, 1, SINCE)).toEqual(expected);
});
