import { locateDeepest } from "../../manifest/locate.ts";
import { pointerOf } from "../../manifest/pointer.ts";
import type { ExplainedBody, ExplainedRule, SeenValue } from "../../model/explanation.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { PolicySources } from "../../model/policy.ts";
import { isObject } from "../../manifest/identity.ts";
import { environmentData } from "../environment-data.ts";
import { mergeData } from "../merge-data.ts";
import { inventoryPath } from "../reading/inventory-reads.ts";
import type { Toolchain } from "../toolchain/toolchain.ts";
import { hidingSecrets } from "./hiding-secrets.ts";

/** What is explained: rules such as `data.main.deny`, asked about one manifest. */
export interface ExplainedQuestion {
  readonly sources: PolicySources;
  readonly rules: readonly string[];
  readonly question: Question;
  /** RFC 3339. */
  readonly now: string;
  /** Only ways to this result are told of a body that holds. */
  readonly result?: Json;
  /** The text of the file that the manifest is in, where it is written as it is judged. */
  readonly text?: string;
}

/** Explains rules for one manifest; a string says why they cannot be. */
export async function explainQuestion(
  { sources, rules, question, now, result, text }: ExplainedQuestion,
  toolchain: Pick<Toolchain, "explain">,
): Promise<readonly ExplainedRule[] | string> {
  const { regoVersion } = sources;
  const outcome = await toolchain.explain({
    modules: sources.files.map(({ path, text: module, regoVersion: own = regoVersion }) => ({
      path,
      text: module,
      regoVersion: own,
    })),
    rules,
    input: question.operation === "DELETE" ? null : question.manifest.value,
    data: dataOf(sources, question),
    nowNs: BigInt(Date.parse(now)) * 1_000_000n,
    ...(result === undefined ? {} : { result }),
  });
  if (outcome.kind === "failed") return outcome.message;
  const [error] = outcome.answer.errors;
  if (error !== undefined) return `${error.path}:${error.line}: ${error.message}`;
  const hide = hidingSecrets(question.manifest.value);
  return outcome.answer.rules.map((rule) => seen(rule, (value) => placed(hide(value), question.manifest, text)));
}

/** What the policies see as `data`, with what the gate gives them for each manifest. */
function dataOf(sources: PolicySources, { manifest, operation, oldObject, facts }: Question): JsonObject {
  const { data: common } = mergeData(sources.data);
  const { parameters = {}, kubernetes, inventoryAt = inventoryPath } = sources;
  const all = { common, parameters, kubernetes, named: true, inventoryAt };
  const data = JSON.parse(environmentData(all, manifest.environment, facts)) as JsonObject;
  const { path } = manifest.position;
  const slash = path.lastIndexOf("/");
  const given = isObject(data["portcullis"]) ? data["portcullis"] : {};
  return {
    ...data,
    conftest: { file: { name: path.slice(slash + 1), dir: `/${path.slice(0, Math.max(slash, 0))}` } },
    portcullis: { ...given, operation, oldObject: oldObject ?? (operation === "DELETE" ? manifest.value : null) },
  };
}

/** A rule with each of its values replaced. */
function seen(rule: ExplainedRule, replace: (value: SeenValue) => SeenValue): ExplainedRule {
  return {
    ...rule,
    bodies: rule.bodies.map((body): ExplainedBody => ({
      ...body,
      cases: body.cases.map((one) => ({ ...one, values: one.values.map(replace) })),
      ...(body.helpers === undefined ? {} : { helpers: body.helpers.map((helper) => seen(helper, replace)) }),
    })),
  };
}

function placed(value: SeenValue, manifest: Manifest, text: string | undefined): SeenValue {
  if (text === undefined || manifest.source !== undefined) return value;
  const { path, document, pointer: start } = manifest.position;
  const near = value.near === undefined ? {} : { near: placed(value.near, manifest, text) };
  if (value.pointer === undefined) return { ...value, ...near };
  const line = locateDeepest(text, document, `${start}${pointerOf(value.pointer.map(String))}`)?.place.line;
  return { ...value, ...near, ...(line === undefined ? {} : { at: `${path}:${line}` }) };
}
