import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createGatekeeperJudge } from "../../src/gatekeeper/gatekeeper-judge.ts";
import { identityOf, isManifest } from "../../src/manifest/identity.ts";
import type { Question } from "../../src/model/judge.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { defaultLimits } from "../../src/rego/create-judge.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { generate } from "./generated.ts";

// GATOR names the program; without it there is nothing to compare with.
const gator = process.env["GATOR"];
const seed = Number(process.env["GATOR_SEED"] ?? 1);

(gator === undefined ? test.skip : test)("200 generated constraints find what gator finds", async () => {
  const objects = generate(seed, 200);
  const [ours, theirs] = [await judged(objects), asked(objects)];
  expect(theirs.length).toBeGreaterThan(200);
  expect(ours).toEqual(theirs);
});

/** Levels by what `gator` calls the action. */
const levels: { readonly [action: string]: string } = { deny: "deny", warn: "warn", dryrun: "info" };

interface GatorResult {
  readonly msg: string;
  readonly constraint: { readonly kind: string; readonly metadata: { readonly name: string } };
  readonly enforcementAction: string;
  readonly scopedActions?: readonly string[];
  readonly violatingObject: { readonly kind: string; readonly metadata: { readonly name: string } };
}

function asked(objects: readonly JsonObject[]): readonly string[] {
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-gator-")), "all.yaml");
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  const { stdout, stderr } = spawnSync(gator ?? "", ["test", "-f", file, "-o", "json"], { maxBuffer: 1 << 28 });
  const text = stdout.toString();
  if (!text.trimStart().startsWith("[")) throw new Error(`gator: ${stderr.toString()}${text.slice(0, 500)}`);
  const results = JSON.parse(text) as readonly GatorResult[];
  const lines = results.map(({ msg, constraint, enforcementAction, scopedActions, violatingObject: of }) => {
    const action = enforcementAction === "scoped" ? (scopedActions?.[0] ?? "") : enforcementAction;
    const message = msg.includes("missing Namespace") ? "unknown Namespace" : msg;
    return line(constraint.kind, constraint.metadata.name, of, levels[action] ?? action, message);
  });
  return once(lines);
}

async function judged(objects: readonly JsonObject[]): Promise<readonly string[]> {
  const toolchain = createToolchain({ cacheDir: TEST_CACHE });
  const policies = objects.map((value, n) => ({ path: `${n}.json`, line: 1, value }));
  const options = { toolchain, now: "2026-01-01T00:00:00Z", cacheDir: TEST_CACHE, ...defaultLimits };
  const judge = await createGatekeeperJudge(policies, options);
  if (judge === undefined) throw new Error("there is no policy");
  expect(judge.problems).toEqual([]);
  const questions = objects.filter(isManifest).map((value, n): Question => ({
    manifest: {
      identity: identityOf(value),
      apiVersion: value.apiVersion,
      value,
      position: { path: `${n}.json`, document: 0, line: 1, pointer: "" },
    },
    operation: "CREATE",
  }));
  const facts = questions.flatMap(({ manifest }) => judge.factsOf?.(manifest) ?? []);
  const known = (keys: readonly string[]) => ({
    digest: keys.join(),
    facts: facts.filter(({ key }) => keys.includes(key)),
  });
  const late = questions.flatMap((question) => {
    const keys = judge.awaits?.(question);
    return keys === undefined ? [] : [{ ...question, facts: known(keys) }];
  });
  const all = [...questions, ...late];
  const answers = await judge.judge(all);
  await judge.close();
  toolchain.close();
  const lines = answers.flatMap(({ violations, problems }, n) => {
    expect(problems).toEqual([]);
    const of = all[n]?.manifest;
    const once = new Map(violations.map((one) => [JSON.stringify([one.policy, one.level, one.message]), one]));
    return [...once.values()].map(({ policy, level, message }) => {
      const [kind = "", name = ""] = policy.split("/");
      const told = message.includes("is not in this environment") ? "unknown Namespace" : message;
      return line(
        kind,
        name,
        { kind: of?.identity.kind ?? "", metadata: { name: of?.identity.name ?? "" } },
        level,
        told,
      );
    });
  });
  return once(lines);
}

function line(kind: string, name: string, of: GatorResult["violatingObject"], level: string, message: string): string {
  return `${kind.toLowerCase()}/${name} ${of.kind} ${of.metadata.name} ${level}: ${message}`;
}

/** A Namespace that is not known is told of an object and of what a controller makes of it. */
function once(lines: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return lines.filter((one) => !one.endsWith("unknown Namespace") || (!seen.has(one) && seen.add(one))).toSorted();
}
