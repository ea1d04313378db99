import { expect, test } from "@jest/globals";
import { examineBranch, type ExaminedBranch } from "../../../src/app/doctor/examine-branch.ts";
import type { BranchProtection, BranchRules, RequiredCheck } from "../../../src/github/branch-rules.ts";

const rulesUrl = "https://github.com/acme/shop/settings/rules";
const require = `→ at ${rulesUrl}, require "portcullis" on main with this App as its source`;
const fresh = "ok branch/up-to-date main: branches must be up to date before they are merged";
const required = 'ok branch/required main: the check "portcullis" is required, from this App alone';
const unpinned =
  'failure branch/unpinned main: the check "portcullis" is required from any source, so everyone with write access can create it';

const ours: RequiredCheck = { name: "portcullis", appId: 99 };
const anyones: RequiredCheck = { name: "portcullis" };
const anothers: RequiredCheck = { name: "portcullis", appId: 15368 };

interface Given extends Partial<Omit<ExaminedBranch, "rules" | "protection">> {
  readonly rules?: Partial<BranchRules>;
  readonly protection?: Partial<BranchProtection> | "no branch";
}

/** Each diagnosis as its state, code and text, and its next step as a line of its own. */
function examined({ rules, protection, ...given }: Given): readonly string[] {
  const diagnoses = examineBranch({
    branch: "main",
    rulesUrl,
    check: "portcullis",
    appId: 99,
    rules: { checks: [], rulesets: [], strict: true, mergeQueue: false, ...rules },
    ...(protection === "no branch" ? {} : { protection: { checks: [], sparesAdministrators: false, ...protection } }),
    reportOnly: false,
    hearsMergeGroups: true,
    ...given,
  });
  return diagnoses.flatMap(({ state, code, found, next }) => [
    `${state} ${code} ${found}`,
    ...(next === undefined ? [] : [`→ ${next}`]),
  ]);
}

test.each<readonly [string, Given, readonly string[]]>([
  ["a ruleset requires it from this App", { rules: { checks: [ours] } }, [required, fresh]],
  ["branch protection does", { protection: { checks: [ours] } }, [required, fresh]],
  [
    "a ruleset requires it from any source, and branch protection from this App",
    { rules: { checks: [anyones] }, protection: { checks: [ours] } },
    [required, fresh],
  ],
  ["a ruleset requires it from any source", { rules: { checks: [anyones] } }, [unpinned, require, fresh]],
  [
    "branch protection requires it from any source, and a ruleset another check from this App",
    { rules: { checks: [{ name: "portcullis: release", appId: 99 }] }, protection: { checks: [anyones] } },
    [
      unpinned,
      require,
      'failure branch/wrong-name main: the check "portcullis: release" is required, which never comes there: nothing can be merged',
      `→ at ${rulesUrl}, require "portcullis" on main in its place`,
      fresh,
    ],
  ],
  [
    "one ruleset requires it from this App and another one from another",
    { rules: { checks: [ours, anothers] } },
    [
      'failure branch/another-app main: the check "portcullis" is required from another App (15368), so what this App says does not count',
      require,
    ],
  ],
  [
    "nothing requires it",
    { rules: { checks: [{ name: "test" }] } },
    ['failure branch/not-required main: no rule requires the check "portcullis", so it blocks nothing', require],
  ],
  [
    "nothing requires what only reports",
    { reportOnly: true },
    ['ok branch/report-only main: the check "portcullis" is not required, and only reports'],
  ],
  [
    "the branch is not there",
    { protection: "no branch" },
    ["warning branch/absent main: the branch is not there", "→ create it"],
  ],
  [
    "another branch than the default one requires the plain name",
    { branch: "release", check: "portcullis: release", rules: { checks: [ours] } },
    [
      'failure branch/not-required release: no rule requires the check "portcullis: release", so it blocks nothing',
      `→ at ${rulesUrl}, require "portcullis: release" on release with this App as its source`,
      'failure branch/wrong-name release: the check "portcullis" is required, which never comes there: nothing can be merged',
      `→ at ${rulesUrl}, require "portcullis: release" on release in its place`,
    ],
  ],
  [
    "another branch requires both names",
    {
      branch: "release",
      check: "portcullis: release",
      rules: { checks: [anyones, { name: "portcullis: release", appId: 99 }] },
    },
    [
      'ok branch/required release: the check "portcullis: release" is required, from this App alone',
      'failure branch/wrong-name release: the check "portcullis" is required, which never comes there: nothing can be merged',
      `→ at ${rulesUrl}, require "portcullis: release" on release in its place`,
      "ok branch/up-to-date release: branches must be up to date before they are merged",
    ],
  ],
  [
    "another branch requires the plain name from another App, which may create it",
    {
      branch: "release",
      check: "portcullis: release",
      rules: { checks: [anothers, { name: "portcullis: release", appId: 99 }] },
    },
    [
      'ok branch/required release: the check "portcullis: release" is required, from this App alone',
      "ok branch/up-to-date release: branches must be up to date before they are merged",
    ],
  ],
  [
    "a branch whose check has a name of its own requires the name that it had",
    { branch: "live", check: "gate on live", rules: { checks: [{ name: "portcullis: live", appId: 99 }] } },
    [
      'failure branch/not-required live: no rule requires the check "gate on live", so it blocks nothing',
      `→ at ${rulesUrl}, require "gate on live" on live with this App as its source`,
      'failure branch/wrong-name live: the check "portcullis: live" is required, which never comes there: nothing can be merged',
      `→ at ${rulesUrl}, require "gate on live" on live in its place`,
    ],
  ],
  [
    "a branch need not be up to date",
    { rules: { checks: [ours], strict: false } },
    [
      required,
      "warning branch/stale-base main: what passed can be merged after main has moved on, and the sum of both is not judged",
      `→ use a merge queue, or at ${rulesUrl} require branches to be up to date`,
    ],
  ],
  [
    "only branch protection requires it, and GitHub does not show the rest of it",
    { rules: { strict: false }, protection: { checks: [ours] } },
    [
      required,
      "unknown branch/stale-base main: GitHub does not show whether branches must be up to date",
      `→ use a merge queue, or at ${rulesUrl} require branches to be up to date`,
    ],
  ],
  [
    "branch protection shows that branches must be up to date",
    { rules: { strict: false }, protection: { checks: [ours], strict: true } },
    [required, fresh],
  ],
  [
    "a merge queue is heard",
    { rules: { checks: [ours], strict: false, mergeQueue: true } },
    [required, "ok branch/queue main: the merge queue has each group judged"],
  ],
  [
    "a merge queue is not heard",
    { rules: { checks: [ours], mergeQueue: true }, hearsMergeGroups: false },
    [
      required,
      "failure branch/queue-unheard main: a merge queue waits for the check, and the App does not hear of its groups: nothing can be merged",
      "→ grant the permission merge_queues: read and the event merge_group (above)",
    ],
  ],
  [
    "branch protection spares administrators",
    { protection: { checks: [ours], sparesAdministrators: true } },
    [
      required,
      fresh,
      "warning branch/administrators main: its branch protection does not bind administrators",
      '→ tick "Do not allow bypassing the above settings", or use a ruleset',
    ],
  ],
  [
    "branch protection spares administrators, and a ruleset does not",
    { rules: { checks: [ours] }, protection: { checks: [ours], sparesAdministrators: true } },
    [required, fresh],
  ],
])("%s", (_what, given, lines) => {
  expect(examined(given)).toEqual(lines);
});
