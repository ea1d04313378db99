import { expect, test } from "@jest/globals";
import {
  createRequirementNotes,
  readRequirement,
  type Requirement,
  type RequirementCalls,
} from "../../../src/app/publish/requirement.ts";
import type { RequiredCheck } from "../../../src/github/branch-rules.ts";
import { place } from "../../support/fakes/app.ts";
import { fake, type Calls } from "../../support/fakes/fake.ts";

const ours: RequiredCheck = { name: "portcullis", appId: 99 };
const anyones: RequiredCheck = { name: "portcullis" };
const anothers: RequiredCheck = { name: "portcullis", appId: 15368 };
const release: RequiredCheck = { name: "portcullis: release", appId: 99 };

function github(
  rulesets: readonly RequiredCheck[] | Error,
  protection: readonly RequiredCheck[] | undefined,
  calls: Calls = [],
): RequirementCalls {
  return fake<RequirementCalls>(
    {
      readBranchRules: async () => {
        if (rulesets instanceof Error) throw rulesets;
        return { checks: rulesets, rulesets: [1], strict: false, mergeQueue: false };
      },
      readBranchProtection: async () =>
        protection === undefined ? undefined : { checks: protection, sparesAdministrators: false },
    },
    calls,
  );
}

test.each<readonly [string, readonly RequiredCheck[], readonly RequiredCheck[] | undefined, Requirement]>([
  ["nothing", [], [], "missing"],
  ["a branch that is not there", [], undefined, "missing"],
  ["a ruleset with this App", [ours], [], "pinned"],
  ["a ruleset with any source", [anyones], [], "unpinned"],
  ["a ruleset with another App", [anothers], [], "another App's"],
  ["branch protection with this App", [], [ours], "pinned"],
  ["branch protection with any source", [], [anyones], "unpinned"],
  ["any source in a ruleset, this App in branch protection", [anyones], [ours], "pinned"],
  ["this App in a ruleset, any source in another", [anyones, ours], [], "pinned"],
  ["this App in a ruleset, another one in a second", [ours, anothers], [], "another App's"],
  ["any source in a ruleset, another App in branch protection", [anyones], [anothers], "another App's"],
  ["the check of another branch", [release], [release], "missing"],
])("%s", async (_what, rulesets, protection, requirement) => {
  const check = { name: "portcullis", appId: 99 };
  expect(await readRequirement(github(rulesets, protection), place, "main", check)).toBe(requirement);
});

test("where a ruleset requires it from this App, one call finds out, and no further one for hours", async () => {
  let now = 0;
  const calls: Calls = [];
  const notes = createRequirementNotes(99, () => now);
  for (let pull = 0; pull < 50; pull++) {
    expect(await notes.notesOf(github([ours], [], calls), place, "main", "portcullis")).toEqual([]);
    now += 60_000;
  }
  expect(calls.map(([name]) => name)).toEqual(["readBranchRules"]);
});

test("each repository, branch and check is known for itself", async () => {
  const notes = createRequirementNotes(99);
  const noted = (repo: string, branch: string, check: string): Promise<readonly string[]> =>
    notes.notesOf(github(branch === "main" ? [ours] : [], []), { ...place, repo }, branch, check);
  expect(await noted("shop", "main", "portcullis")).toEqual([]);
  expect(await noted("shop", "release", "portcullis: release")).toEqual([expect.stringMatching(/branch release/)]);
  expect(await noted("other", "release", "portcullis: release")).toHaveLength(1);
});

test.each([
  ["missing", [], /blocks nothing yet: no rule of the branch main requires it\. Require it in Settings → Rules/],
  ["unpinned", [anyones], /can be forged: the rules of the branch main accept it from any source/],
  ["another App's", [anothers], /does not count: the rules of the branch main require it from another App/],
])("a check that is %s says so until it is mended", async (_what, rulesets, text) => {
  let now = 0;
  const notes = createRequirementNotes(99, () => now);
  expect(await notes.notesOf(github(rulesets, []), place, "main", "portcullis")).toEqual([expect.stringMatching(text)]);
  now += 11 * 60_000;
  expect(await notes.notesOf(github([ours], []), place, "main", "portcullis")).toEqual([]);
});

test("rules that cannot be read are not asked for again at once, and nothing is said of them", async () => {
  const calls: Calls = [];
  const notes = createRequirementNotes(99);
  const broken = github(new Error("HTTP 403"), [], calls);
  expect(await notes.notesOf(broken, place, "main", "portcullis")).toEqual([]);
  expect(await notes.notesOf(broken, place, "main", "portcullis")).toEqual([]);
  expect(calls).toHaveLength(1);
});
