import { expect, test } from "@jest/globals";
import { createDangers } from "../../src/gate/dangers/create-dangers.ts";
import type { Report } from "../../src/model/report.ts";
import { projectPolicy } from "../../src/render/argocd/project-violation.ts";
import type { MemoryFile } from "../../src/tree/memory-tree.ts";
import { objectsOf } from "../../src/report/wording.ts";
import { changeJudge, type Files } from "./change-judge.ts";

export interface Attack {
  /** The kind of attack, by the name that docs/threat-model.md has for it. */
  readonly kind: string;
  readonly name: string;
  readonly before: Files;
  /** Laid over `before`; undefined removes a file. */
  readonly after: { readonly [path: string]: MemoryFile | undefined };
  readonly told: string;
}

/** Tests that each attack is told of and does not pass. */
export function testAttacks(attacks: readonly Attack[]): void {
  const judged = changeJudge((config) => ({
    builtins: [createDangers(config), { policies: [projectPolicy], digest: "projects" }],
  }));
  test.each(attacks)("$kind: $name", async ({ before, after, told }) => {
    const head = Object.fromEntries(
      Object.entries({ ...before, ...after }).filter((entry): entry is [string, MemoryFile] => entry[1] !== undefined),
    );
    const report = await judged(before, head);
    expect(introduced(report).filter((line) => line.includes(told))).not.toEqual([]);
    expect(report.verdict).not.toBe("pass");
  });
}

/** What is introduced: findings as policy and objects, problems as their messages. */
function introduced({ findings, problems }: Report): readonly string[] {
  return [
    ...findings
      .filter(({ status }) => status === "introduced")
      .flatMap(({ policy, ...finding }) => objectsOf(finding).map(({ name }) => `${policy} ${name}`)),
    ...problems.filter(({ status }) => status === "introduced").map(({ path, message }) => `${path}: ${message}`),
  ];
}
