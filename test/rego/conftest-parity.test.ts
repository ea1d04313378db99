import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { writeCorpus } from "../../bench/write-corpus.ts";
import type { Question } from "../../src/model/judge.ts";
import { readManifests } from "../../src/manifest/read-manifests.ts";
import { freshToolchain, judgeOf } from "./judging.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const conftest = process.env["PORTCULLIS_CONFTEST"] ?? "conftest";
const version = conftestVersion();
const documents = Number(process.env["PORTCULLIS_SWEEP"] ?? 300);
if (version === undefined) {
  console.warn("SKIPPED: messages are not compared with conftest's: no conftest on PATH or at PORTCULLIS_CONFTEST");
}

const toolchain = freshToolchain();
const corpus = mkdtempSync(join(tmpdir(), "portcullis-corpus-"));
afterAll(() => {
  toolchain.close();
  rmSync(corpus, { recursive: true });
});

interface Messages {
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
}

(version === undefined ? describe.skip : describe)(
  "every file gets the messages that conftest gives, in its order",
  () => {
    test.each([
      ["the benchmark's twenty policies", "bench/policies"],
      ["policies whose messages depend on order", "fixtures/policies/conftest"],
    ])("%s", async (_name, directory) => {
      writeCorpus(corpus, documents);
      const ours = await judgeAll(join(root, directory));
      const theirs = askConftest(join(root, directory));
      expect(ours.size).toBeGreaterThanOrEqual(documents / 2);
      const messages = [...theirs.values()].flatMap(({ failures, warnings }) => [...failures, ...warnings]);
      expect(messages.length).toBeGreaterThan(documents / 10);
      const different = [...ours].flatMap(([path, our]) => {
        const their = theirs.get(path);
        return JSON.stringify(our) === JSON.stringify(their) ? [] : [{ path, our, their }];
      });
      expect({ different: different.length, first: different.slice(0, 3) }).toEqual({ different: 0, first: [] });
    });
  },
);

async function judgeAll(policies: string): Promise<ReadonlyMap<string, Messages>> {
  const read = (path: string) => readFileSync(join(policies, path), "utf8");
  const files = readdirSync(policies);
  const rego = Object.fromEntries(files.filter((path) => path.endsWith(".rego")).map((path) => [path, read(path)]));
  const data = files.filter((path) => path.endsWith(".json")).map((path) => ({ path, prefix: [], text: read(path) }));
  const judge = await judgeOf(toolchain, rego, { namespaces: ["main"], data });
  expect(judge.problems).toEqual([]);
  const questions: readonly Question[] = yamlFiles().flatMap((path) =>
    readManifests(path, readFileSync(join(corpus, path))).manifests.map((manifest) => ({
      manifest,
      operation: "CREATE",
    })),
  );
  const judgements = await judge.judge(questions);
  const byPath = new Map<string, Messages>();
  for (const [i, { manifest }] of questions.entries()) {
    const judgement = judgements[i]!;
    expect(judgement.problems).toEqual([]);
    // A result with several causes is one message to conftest.
    const said = (level: string) =>
      unique(
        judgement.violations.filter((one) => one.level === level).map(({ rule, message }) => `${rule}\n${message}`),
      );
    const before = byPath.get(manifest.position.path);
    byPath.set(manifest.position.path, {
      failures: [...(before?.failures ?? []), ...said("deny")],
      warnings: [...(before?.warnings ?? []), ...said("warn")],
    });
  }
  return byPath;
}

/** What conftest prints of one file. */
interface Output {
  readonly filename: string;
  readonly failures?: readonly { readonly msg: string; readonly metadata: { readonly query: string } }[];
  readonly warnings?: Output["failures"];
}

function askConftest(policies: string): ReadonlyMap<string, Messages> {
  const outputs = JSON.parse(run(["test", "-p", policies, "-d", policies, "-o", "json", corpus])) as readonly Output[];
  const said = (list: Output["failures"]) =>
    (list ?? []).map(({ msg, metadata }) => `${metadata.query.replace("data.main.", "")}\n${msg}`);
  return new Map(
    outputs.map((output) => [
      relative(corpus, output.filename),
      {
        failures: said(output.failures),
        warnings: said(output.warnings),
      },
    ]),
  );
}

function run(args: readonly string[]): string {
  try {
    return execFileSync(conftest, args, { encoding: "utf8", maxBuffer: 2 ** 30 });
  } catch (error) {
    // Exit code 1 says that something was found.
    return String((error as { stdout: string }).stdout);
  }
}

function yamlFiles(): readonly string[] {
  return (readdirSync(corpus, { recursive: true }) as string[]).filter((path) => /\.ya?ml$/.test(basename(path)));
}

function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

function conftestVersion(): string | undefined {
  try {
    return execFileSync(conftest, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
