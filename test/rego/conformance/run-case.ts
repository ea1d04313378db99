import type { Json, JsonObject } from "../../../src/model/json.ts";
import type { RelayCall } from "../../../src/rego/builtins/load-builtins.ts";
import { loadBuiltins } from "../../../src/rego/builtins/load-builtins.ts";
import type { PolicyCompiler } from "../../../src/rego/compile-sources.ts";
import { sameEverywhere } from "../../../src/rego/environment-data.ts";
import { makeInstance, recipeOf } from "../../../src/rego/instances.ts";
import { EvaluationError } from "../../../src/rego/opa-wasm.ts";
import { jsonFromValue, writeJson } from "../../../src/rego/value/json-text.ts";
import { readValue } from "../../../src/rego/value/read-value.ts";
import type { ConformanceCase } from "./cases.ts";

/** What came of a case. A refusal names its cause; `wrong` says what was expected and what came. */
export type CaseOutcome =
  | { readonly kind: "passed" }
  | { readonly kind: "refused"; readonly cause: string }
  | { readonly kind: "wrong"; readonly expected: string; readonly got: string };

type Got =
  | { readonly kind: "values"; readonly values: readonly Json[] }
  | { readonly kind: "error"; readonly message: string };

/** Compiles a case as a policy of its own and evaluates it as a judge does. */
export async function runCase(one: ConformanceCase, compiler: PolicyCompiler, relay: RelayCall): Promise<CaseOutcome> {
  const modules = [...one.modules, queryModule(one)].map((text, i) => ({
    path: `case-${i}.rego`,
    text,
    regoVersion: one.regoVersion,
  }));
  const outcome = await compiler.compile({ modules, namespaces: ["conformance_case"] });
  if (outcome.kind === "failed") return { kind: "refused", cause: `toolchain: ${outcome.message}` };
  const { answer } = outcome;
  const error = answer.errors[0];
  if (error !== undefined) return { kind: "refused", cause: `${error.code}: ${error.message}` };
  if (answer.wasm === undefined) return { kind: "refused", cause: "no module" };
  const builtins = await loadBuiltins(answer.builtins, relay);
  const options = { now: "2026-02-03T04:05:06Z", memoryLimitMiB: 256, builtins: answer.builtins };
  const got = ((): Got => {
    try {
      const instance = makeInstance(recipeOf(answer.wasm, sameEverywhere(one.data ?? {}), options), builtins);
      instance.read(writeJson({ document: one.input ?? {} }));
      const text = instance.evaluate(instance.entrypoints.get(answer.entrypoints.rules[0] ?? "") ?? -1);
      return { kind: "values", values: text === undefined ? [] : (jsonFromValue(readValue(text)) as readonly Json[]) };
    } catch (trouble) {
      if (trouble instanceof EvaluationError) return { kind: "error", message: trouble.message };
      throw trouble;
    }
  })();
  return compare(one, got);
}

/** The query as a rule that decides, so that it takes the way of every policy. */
function queryModule(one: ConformanceCase): string {
  const names = Object.keys(one.wantResult?.[0] ?? {}).filter((name) => !name.startsWith("__local"));
  const solution = `{${names.map((name) => `"${name}": ${name}`).join(", ")}}`;
  const solutions = `[${solution} | ${one.query.trim()}]`;
  const body =
    one.inputTerm === undefined
      ? `deny := solved ${one.regoVersion === "v1" ? "if " : ""}{ solved := ${solutions} }`
      : `solved := ${solutions}\n\ndeny := answer ${one.regoVersion === "v1" ? "if " : ""}{ answer := solved with input as ${one.inputTerm} }`;
  return `package conformance_case\n\n${body}\n`;
}

const refusals = /may not (?:read|reach)|its key is the string/;

function compare(one: ConformanceCase, got: Got): CaseOutcome {
  const outcome = compareAnswers(one, got);
  if (outcome.kind !== "wrong") return outcome;
  if (got.kind === "error" && refusals.test(got.message))
    return { kind: "refused", cause: `evaluation: ${got.message}` };
  if (one.input === undefined && one.inputTerm === undefined && one.modules.some((text) => /\binput\b/.test(text))) {
    return { kind: "refused", cause: "it asks without an input, which the gate never does" };
  }
  return outcome;
}

function compareAnswers(one: ConformanceCase, got: Got): CaseOutcome {
  if (one.wantError && !one.strictError) {
    return got.kind === "error" ? { kind: "passed" } : { kind: "wrong", expected: "an error", got: show(got) };
  }
  const wanted = one.wantResult ?? [];
  if (got.kind === "error") return { kind: "wrong", expected: writeJson(wanted), got: show(got) };
  const expected = canonicalSet(wanted, one.sortBindings);
  const found = canonicalSet(got.values as readonly JsonObject[], one.sortBindings);
  return expected === found ? { kind: "passed" } : { kind: "wrong", expected, got: found };
}

function show(got: Got): string {
  return got.kind === "error" ? `error: ${got.message}` : writeJson(got.values);
}

/** Solutions as one text: in any order and each once; the members of a set in any order, where the case says that it binds one. */
function canonicalSet(solutions: readonly JsonObject[], sortBindings: boolean): string {
  const texts = solutions.map((solution) =>
    canonical(
      Object.fromEntries(
        Object.entries(solution)
          .filter(([name]) => !name.startsWith("__local"))
          .map(([name, value]) => [
            name,
            sortBindings && Array.isArray(value) ? value.map(canonical).toSorted() : value,
          ]),
      ),
    ),
  );
  return [...new Set(texts)].toSorted().join(" ");
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "number" && Number.isInteger(value)) return String(BigInt(value));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
    return `{${entries.toSorted().join(",")}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}
