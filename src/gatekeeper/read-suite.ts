import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { lineOf, problemAt } from "./object-lines.ts";

/** A `Suite` of `test.gatekeeper.sh`. Paths are relative to its file. */
export interface Suite {
  readonly object: PolicyObject;
  readonly skip: boolean;
  readonly tests: readonly SuiteTest[];
}

export interface SuiteTest {
  readonly name: string;
  readonly line: number;
  readonly template: Reference | undefined;
  readonly constraint: Reference | undefined;
  readonly expansion: Reference | undefined;
  /** The constraint is expected to be refused. */
  readonly invalid: boolean;
  readonly skip: boolean;
  readonly cases: readonly SuiteCase[];
}

export interface SuiteCase {
  readonly name: string;
  readonly line: number;
  readonly object: Reference | undefined;
  readonly inventory: readonly Reference[];
  readonly assertions: readonly Assertion[];
  readonly skip: boolean;
}

/** A file that a suite names, with the line that names it. */
export interface Reference {
  readonly path: string;
  readonly line: number;
}

/** What must hold for the violations of a case. */
export interface Assertion {
  readonly line: number;
  readonly violations: number | "yes" | "no";
  /** A regular expression (RE2) that messages must match to count. */
  readonly message?: string;
}

/** Whether an object is a suite. */
export function isSuite(value: JsonObject): boolean {
  const { apiVersion, kind } = value;
  return typeof apiVersion === "string" && apiVersion.startsWith("test.gatekeeper.sh/") && kind === "Suite";
}

type Read<T> = (value: Json, pointer: string) => T;

/** Reads a suite strictly: an unknown field or a wrong type is a problem at its line. */
export function readSuite(object: PolicyObject): { readonly suite: Suite; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const fault = (pointer: string, message: string): void => void problems.push(problemAt(object, pointer, message));
  const fields = (value: Json, pointer: string, known: readonly string[]): JsonObject => {
    if (!isObject(value)) {
      fault(pointer, `expected an object`);
      return {};
    }
    for (const key of Object.keys(value))
      if (!known.includes(key)) fault(`${pointer}/${key}`, `unknown field ${key}; expected ${known.join(", ")}`);
    return value;
  };
  const list = <T>(value: Json | undefined, pointer: string, read: Read<T>): readonly T[] => {
    if (value === undefined || value === null) return [];
    if (isList(value)) return value.map((item, at) => read(item, `${pointer}/${at}`));
    fault(pointer, "expected a list");
    return [];
  };
  const text = (value: Json | undefined, pointer: string): string | undefined => {
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    fault(pointer, "expected a text");
    return undefined;
  };
  const flag = (value: Json | undefined, pointer: string): boolean => {
    if (value !== undefined && value !== null && typeof value !== "boolean") fault(pointer, "expected true or false");
    return value === true;
  };
  const file = (value: Json | undefined, pointer: string): Reference | undefined => {
    const path = text(value, pointer);
    return path === undefined ? undefined : { path, line: lineOf(object, pointer) };
  };
  const assertion: Read<Assertion> = (value, pointer) => {
    const { violations, message } = fields(value, pointer, ["violations", "message"]);
    const expected = violationsOf(violations, writtenAt(object, lineOf(object, `${pointer}/violations`)));
    if (expected === undefined) fault(`${pointer}/violations`, "expected yes, no, or a number that is not negative");
    const pattern = text(message, `${pointer}/message`);
    return {
      line: lineOf(object, pointer),
      violations: expected ?? "yes",
      ...(pattern === undefined ? {} : { message: pattern }),
    };
  };
  const suiteCase: Read<SuiteCase> = (value, pointer) => {
    const of = fields(value, pointer, ["name", "object", "inventory", "assertions", "skip"]);
    return {
      name: text(of["name"], `${pointer}/name`) ?? "",
      line: lineOf(object, pointer),
      object: file(of["object"], `${pointer}/object`),
      inventory: list(of["inventory"], `${pointer}/inventory`, (item, at) => file(item, at)).filter(
        (one) => one !== undefined,
      ),
      assertions: list(of["assertions"], `${pointer}/assertions`, assertion),
      skip: flag(of["skip"], `${pointer}/skip`),
    };
  };
  const suiteTest: Read<SuiteTest> = (value, pointer) => {
    const of = fields(value, pointer, ["name", "template", "constraint", "expansion", "cases", "invalid", "skip"]);
    return {
      name: text(of["name"], `${pointer}/name`) ?? "",
      line: lineOf(object, pointer),
      template: file(of["template"], `${pointer}/template`),
      constraint: file(of["constraint"], `${pointer}/constraint`),
      expansion: file(of["expansion"], `${pointer}/expansion`),
      invalid: flag(of["invalid"], `${pointer}/invalid`),
      skip: flag(of["skip"], `${pointer}/skip`),
      cases: list(of["cases"], `${pointer}/cases`, suiteCase),
    };
  };
  const value = fields(object.value, "", ["apiVersion", "kind", "metadata", "tests", "skip"]);
  return {
    suite: {
      object,
      skip: flag(value["skip"], "/skip"),
      tests: list(value["tests"], "/tests", suiteTest),
    },
    problems,
  };
}

/** Without quotes, yes and no are booleans to Kubernetes; true and false are refused, as in `gator`. */
function violationsOf(value: Json | undefined, written: string): Assertion["violations"] | undefined {
  if (value === undefined || value === null) return "yes";
  if (value === "yes" || value === "no") return value;
  if (typeof value === "boolean") return /\b(?:yes|no)\b/.test(written) ? (value ? "yes" : "no") : undefined;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function writtenAt({ document }: PolicyObject, line: number): string {
  return document?.text.split("\n")[line - document.line] ?? "";
}
