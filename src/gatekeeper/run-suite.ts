import { RE2JS } from "re2js";
import { isManifest } from "../manifest/identity.ts";
import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import type { JsonObject } from "../model/json.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { JudgeOptions } from "../rego/create-judge.ts";
import { createCelModule } from "../cel/cel-module.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { admissionReview } from "./admission-review.ts";
import { readExpansions, type Expansion } from "./expansion.ts";
import { knownFrom } from "./known-from.ts";
import { readConstraint, type Constraint } from "./read-constraint.ts";
import type { Assertion, Reference, Suite, SuiteCase, SuiteTest } from "./read-suite.ts";
import { readTemplate, type Template } from "./read-template.ts";
import { reviewObjects, type ReviewAsk, type ReviewResult } from "./review-objects.ts";
import { compileTemplate } from "./compile-template.ts";
import type { TemplateCode } from "./template-code.ts";
import { textAt } from "./values.ts";

/** What a case of a suite gave, or a whole test that could not be run. */
export interface SuiteOutcome {
  readonly test: string;
  /** Absent: the test as a whole. */
  readonly case?: string;
  readonly line: number;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly reasons: readonly string[];
  readonly durationMs: number;
}

/** Runs suites. Close it to end what it compiled. */
export interface SuiteRunner {
  /** `isChosen` gets the name of a test and a case. */
  run(suite: Suite, isChosen: (test: string, of: string) => boolean): Promise<readonly SuiteOutcome[]>;
  close(): Promise<void>;
}

/** Reads a file that a suite names: its path as a person knows it, and its text; undefined where there is none. */
export type ReadBeside = (
  suite: Suite,
  path: string,
) => Promise<{ readonly path: string; readonly text: string } | undefined>;

/** Why a test or a case cannot be run. */
class SuiteError extends Error {
  override readonly name = "SuiteError";
}

/** Creates a runner that compiles each template once. */
export function createSuiteRunner(read: ReadBeside, options: JudgeOptions): SuiteRunner {
  const cel = createCelModule({ cacheDir: options.cacheDir ?? defaultCacheDirectory() });
  const codes = new Map<string, Promise<TemplateCode>>();
  const codeOf = (template: Template): Promise<TemplateCode> => {
    const key = JSON.stringify([template.object.path, template.modules, template.native?.definition.digest]);
    const code = codes.get(key) ?? compileTemplate(template, options, cel);
    codes.set(key, code);
    return code;
  };

  const objectsAt = async (suite: Suite, reference: Reference): Promise<readonly PolicyObject[]> => {
    const file = await read(suite, reference.path);
    if (file === undefined) throw new SuiteError(`line ${reference.line}: ${reference.path}: no such file`);
    return objectsIn(file.path, file.text);
  };

  const prepare = async (suite: Suite, test: SuiteTest): Promise<Prepared | "refused"> => {
    const template = readTemplate(await theOnly(suite, test, "template", objectsAt));
    if (template.kind === "problems") throw new SuiteError(inWords(template.problems));
    const code = await codeOf(template.template);
    if (code.problems.length > 0) throw new SuiteError(inWords(code.problems));
    const object = await theOnly(suite, test, "constraint", objectsAt);
    if (textAt(object.value, "kind") !== template.template.kind)
      throw new SuiteError(
        `line ${test.constraint?.line ?? test.line}: the constraint is a ${textAt(object.value, "kind") ?? "?"}; the template makes ${template.template.kind}`,
      );
    const { constraint, problems } = readConstraint(object, template.template);
    if (test.invalid) {
      if (problems.length > 0) return "refused";
      throw new SuiteError("expected an invalid constraint, and it is valid");
    }
    if (problems.length > 0) throw new SuiteError(inWords(problems));
    const { expansions, problems: wrong } = readExpansions(
      test.expansion === undefined ? [] : await objectsAt(suite, test.expansion),
    );
    if (wrong.length > 0) throw new SuiteError(inWords(wrong));
    return { constraint, code, expansions };
  };

  const runCase = async (suite: Suite, prepared: Prepared, one: SuiteCase): Promise<readonly string[]> => {
    if (one.object === undefined) throw new SuiteError("the case names no object");
    if (one.assertions.length === 0) throw new SuiteError("the case has no assertions; expected at least one");
    const objects = await objectsAt(suite, one.object);
    const [object] = objects;
    if (object === undefined || objects.length > 1)
      throw new SuiteError(`line ${one.object.line}: ${one.object.path} holds ${objects.length} objects; expected one`);
    const inventory: JsonObject[] = [];
    for (const reference of one.inventory)
      inventory.push(...(await objectsAt(suite, reference)).map(({ value }) => value));
    const ask = askOf(object, knownFrom(inventory));
    const { constraint, code, expansions } = prepared;
    const [answer] = await reviewObjects({ constraints: [constraint], expansions, codeOf: () => code }, [ask]);
    if (answer === undefined || answer.failures.length > 0)
      throw new SuiteError((answer?.failures ?? ["no answer"]).join("\n"));
    return one.assertions.flatMap((assertion) =>
      unmet(
        assertion,
        answer.results.filter(({ isAdmitted }) => isAdmitted !== true),
      ),
    );
  };

  const runTest = async (
    suite: Suite,
    test: SuiteTest,
    isChosen: (of: string) => boolean,
  ): Promise<readonly SuiteOutcome[]> => {
    const start = performance.now();
    const whole = (outcome: SuiteOutcome["outcome"], ...reasons: readonly string[]): SuiteOutcome => ({
      test: test.name,
      line: test.line,
      outcome,
      reasons,
      durationMs: performance.now() - start,
    });
    if (suite.skip || test.skip) return [whole("skip", suite.skip ? "the suite says skip" : "the test says skip")];
    const chosen = test.cases.filter(({ name }) => isChosen(name));
    if (chosen.length === 0 && !(test.cases.length === 0 && isChosen(""))) return [];
    let prepared: Prepared | "refused";
    try {
      prepared = await prepare(suite, test);
    } catch (error) {
      if (error instanceof SuiteError) return [whole("error", ...error.message.split("\n"))];
      throw error;
    }
    if (prepared === "refused") return [whole("pass")];
    if (test.cases.length === 0) return [whole("error", "the test has no cases")];
    const outcomes: SuiteOutcome[] = [];
    for (const one of chosen) {
      const from = performance.now();
      const outcome = await runCase(suite, prepared, one).then(
        (reasons) => ({ outcome: reasons.length === 0 ? ("pass" as const) : ("fail" as const), reasons }),
        (error: unknown) => {
          if (error instanceof SuiteError) return { outcome: "error" as const, reasons: error.message.split("\n") };
          throw error;
        },
      );
      const skipped = { outcome: "skip" as const, reasons: ["the case says skip"] };
      outcomes.push({
        test: test.name,
        case: one.name,
        line: one.line,
        ...(one.skip ? skipped : outcome),
        durationMs: performance.now() - from,
      });
    }
    return outcomes;
  };

  return {
    run: async (suite, isChosen) => {
      const outcomes: SuiteOutcome[] = [];
      for (const test of suite.tests) outcomes.push(...(await runTest(suite, test, (of) => isChosen(test.name, of))));
      return outcomes;
    },
    close: async () => {
      await Promise.all([...codes.values()].map(async (code) => (await code).close()));
      cel.close();
    },
  };
}

interface Prepared {
  readonly constraint: Constraint;
  readonly code: TemplateCode;
  readonly expansions: readonly Expansion[];
}

async function theOnly(
  suite: Suite,
  test: SuiteTest,
  field: "template" | "constraint",
  objectsAt: (suite: Suite, reference: Reference) => Promise<readonly PolicyObject[]>,
): Promise<PolicyObject> {
  const reference = test[field];
  if (reference === undefined) throw new SuiteError(`line ${test.line}: the test names no ${field}`);
  const group = `${field}s.gatekeeper.sh/`;
  const objects = (await objectsAt(suite, reference)).filter(({ value }) =>
    textAt(value, "apiVersion")?.startsWith(group),
  );
  const [only] = objects;
  if (only === undefined || objects.length > 1)
    throw new SuiteError(`line ${reference.line}: ${reference.path} holds ${objects.length} ${field}s; expected one`);
  return only;
}

/** The objects of a file. Throws a SuiteError where it cannot be read. */
function objectsIn(path: string, text: string): readonly PolicyObject[] {
  return [...splitDocuments(text)].flatMap((part): readonly PolicyObject[] => {
    if (part.kind === "separator") throw new SuiteError(`${path}:${part.line}: ${part.message}`);
    const reading = readDocument(path, part, DEFAULT_BUDGET);
    if (reading.kind === "problem") throw new SuiteError(inWords([reading.problem]));
    if (reading.kind === "empty") return [];
    const { value, line } = reading;
    if (!isManifest(value))
      throw new SuiteError(`${path}:${line}: not a Kubernetes object; expected apiVersion and kind`);
    return [{ path, line, document: { text: part.text, line: part.line }, value }];
  });
}

function askOf(object: PolicyObject, known: ReviewAsk["known"]): ReviewAsk {
  const place = `${object.path}:${object.line}`;
  const reviewed = admissionReview(object);
  if (reviewed.kind === "problem") throw new SuiteError(inWords([reviewed.problem]));
  const about = reviewed.kind === "review" ? reviewed.object : object.value;
  const [group = "", version = ""] = groupAndVersion(textAt(about, "apiVersion") ?? "");
  const namespace = textAt(about, "metadata", "namespace");
  return {
    place,
    object: about,
    operation: "",
    group,
    version,
    kind: textAt(about, "kind") ?? "",
    namespace: namespace === "" ? undefined : namespace,
    known,
    ...(reviewed.kind === "review" ? { review: reviewed.review } : {}),
  };
}

function groupAndVersion(apiVersion: string): readonly string[] {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

function unmet({ violations, message, line }: Assertion, results: readonly ReviewResult[]): readonly string[] {
  const pattern = message === undefined ? undefined : compiled(message, line);
  const count = results.filter((result) => pattern?.matcher(result.message).find() ?? true).length;
  const holds = violations === "yes" ? count > 0 : violations === "no" ? count === 0 : count === violations;
  if (holds) return [];
  const wanted = violations === "yes" ? "at least 1" : violations === "no" ? "no" : String(violations);
  const about = message === undefined ? "" : ` with a message that matches ${JSON.stringify(message)}`;
  return [
    `line ${line}: expected ${wanted} violation${wanted === "1" || wanted === "at least 1" ? "" : "s"}${about}, got ${count}`,
    ...results.map((result) => `got: ${result.message}`),
  ];
}

function compiled(pattern: string, line: number): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new SuiteError(
      `line ${line}: message is no regular expression: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

function inWords(problems: readonly Problem[]): string {
  return problems
    .map(({ path, line, message }) => `${path ?? ""}${line === undefined ? "" : `:${line}`}: ${message}`)
    .join("\n");
}
