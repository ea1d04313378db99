import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { ModuleSource } from "../rego/toolchain/protocol.ts";
import { readNativeCode, nativeEngine, type NativeCode } from "./native-code.ts";
import { lineInText, problemAt } from "./object-lines.ts";
import { listAt, objectAt, textAt, textsAt } from "./values.ts";

/** A Gatekeeper ConstraintTemplate. */
export interface Template {
  readonly object: PolicyObject;
  /** The kind of its constraints. */
  readonly kind: string;
  /** Its own module first, then its libraries; empty where it is in CEL. */
  readonly modules: readonly TemplateModule[];
  /** Its code in CEL, which takes the place of any Rego. */
  readonly native?: NativeCode;
  /** What its code names, in whatever place: a name that is missing is not read. */
  readonly reads: ReadonlySet<Word>;
  /** The schema of the parameters, as written; absent: it has none. */
  readonly schema?: JsonObject;
  /** `legacySchema`: fields that the schema does not name are allowed. */
  readonly keepsUnknown: boolean;
  /** The operations that its webhook is called for; empty: creations and updates. */
  readonly operations: readonly string[];
}

const words = ["inventory", "namespaceObject", "userInfo", "external_data"] as const;

/** What a template may need besides the object. */
export type Word = (typeof words)[number];

/** One Rego module of a template. Its path is that of the file with the module's pointer. */
export interface TemplateModule extends ModuleSource {
  readonly pointer: string;
}

/** A template, or what Gatekeeper would refuse in it. */
export type TemplateReading =
  | { readonly kind: "template"; readonly template: Template }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

/** Reads a ConstraintTemplate as Gatekeeper's admission does. */
export function readTemplate(object: PolicyObject): TemplateReading {
  const { value } = object;
  const problems: Problem[] = [];
  const fault = (pointer: string, message: string): void => void problems.push(problemAt(object, pointer, message));
  const version = textAt(value, "apiVersion")?.split("/")[1] ?? "";
  if (!["v1", "v1beta1", "v1alpha1"].includes(version))
    fault("/apiVersion", `${version} is no version of templates.gatekeeper.sh; expected v1, v1beta1 or v1alpha1`);
  const kind = textAt(value, "spec", "crd", "spec", "names", "kind") ?? "";
  const name = textAt(value, "metadata", "name") ?? "";
  if (kind === "")
    fault("/spec/crd/spec/names", "the template has no spec.crd.spec.names.kind, the kind of its constraints");
  else if (name !== kind.toLowerCase())
    fault(
      "/metadata/name",
      `the template's name is ${JSON.stringify(name)}; expected ${kind.toLowerCase()}, its kind in lower case`,
    );
  const targets = listAt(value, "spec", "targets");
  const [target] = targets;
  if (targets.length !== 1) fault("/spec/targets", `the template has ${targets.length} targets; expected exactly one`);
  const named = textAt(target, "target");
  if (target !== undefined && named !== "admission.k8s.gatekeeper.sh")
    fault("/spec/targets/0", `the target is ${named ?? "missing"}; expected admission.k8s.gatekeeper.sh`);
  const code: Code = target === undefined ? { modules: [] } : codeOf(object, target, fault);
  if (problems.length > 0) return { kind: "problems", problems };
  const validation = objectAt(value, "spec", "crd", "spec", "validation");
  const schema = objectAt(validation, "openAPIV3Schema");
  const legacy = validation?.["legacySchema"];
  return {
    kind: "template",
    template: {
      object,
      kind,
      ...code,
      reads: new Set(words.filter((word) => placesOfWord(code, word).length > 0)),
      ...(schema === undefined ? {} : { schema }),
      keepsUnknown: legacy === true || (legacy === undefined && version !== "v1"),
      operations: textsAt(target, "operations"),
    },
  };
}

type Code = Pick<Template, "modules" | "native">;

/** The code of a target: in CEL where it has any, as in Gatekeeper; else the Rego below `code`, or below `rego` and `libs`. */
function codeOf(object: PolicyObject, target: Json, fault: (pointer: string, message: string) => void): Code {
  const at = "/spec/targets/0";
  const code = isObject(target) ? target["code"] : undefined;
  const by = (engine: string): number =>
    isList(code) ? code.findIndex((one) => textAt(one, "engine") === engine) : -1;
  const inCel = by(nativeEngine);
  if (inCel !== -1) {
    const native = readNativeCode(
      object.value,
      objectAt(target, "code", String(inCel), "source"),
      `${at}/code/${inCel}/source`,
      fault,
    );
    return { modules: [], native };
  }
  const inRego = by("Rego");
  const [source, pointer] =
    inRego === -1 ? [target, at] : [objectAt(target, "code", String(inRego), "source"), `${at}/code/${inRego}/source`];
  const rego = textAt(source, "rego");
  if (rego === undefined || rego.trim() === "") {
    const engines = isList(code) ? code.flatMap((one) => textAt(one, "engine") ?? []) : [];
    const found = engines.length === 0 ? "no code" : `code for ${engines.join(" and ")} only`;
    fault(pointer, `the template has ${found}; expected Rego or ${nativeEngine}, below spec.targets[0].rego or code`);
    return { modules: [] };
  }
  const regoVersion = inRego !== -1 && textAt(source, "version") === "v1" ? "v1" : "v0";
  const module = (text: string, own: string): TemplateModule => ({
    path: `${object.path}#${own}`,
    pointer: own,
    text,
    regoVersion,
  });
  const libs = textsAt(source, "libs").map((text, n) => module(text, `${pointer}/libs/${n}`));
  return { modules: [module(rego, `${pointer}/rego`), ...libs] };
}

/** A problem of a module, at the line of the file that holds the template. */
export function inTemplate({ object, modules }: Template, problem: Problem): Problem {
  const module = modules.find(({ path }) => path === problem.path);
  if (module === undefined) return problem;
  const { column: _, ...rest } = problem;
  return { ...rest, path: object.path, line: lineInText(object, module.pointer, problem.line ?? 1) };
}

/** Where code names a word first, outside of comments: the pointer of each text that does, and the line in it. */
export function placesOfWord(
  { modules, native }: Pick<Template, "modules" | "native">,
  word: Word,
): readonly { readonly pointer: string; readonly line: number }[] {
  // CEL has neither an inventory nor providers: there these are the names of fields.
  const inCel = word === "namespaceObject" || word === "userInfo" ? (native?.texts ?? []) : [];
  return [...modules, ...inCel].flatMap(({ pointer, text }) => {
    const line = lineOfWord(text, word);
    return line === undefined ? [] : [{ pointer, line }];
  });
}

/** The 1-based line on which code names a word first, outside of comments. */
function lineOfWord(code: string, word: Word): number | undefined {
  const comment = /^\s*(?:#|\/\/).*$/;
  const at = code.split("\n").findIndex((line) => new RegExp(`\\b${word}\\b`).test(line.replace(comment, "")));
  return at === -1 ? undefined : at + 1;
}
