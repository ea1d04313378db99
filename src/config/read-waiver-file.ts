import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { decodeText } from "../manifest/decode-text.ts";
import { isObject } from "../manifest/identity.ts";
import { locatorOf } from "../manifest/locate.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments, type DocumentText } from "../manifest/split-documents.ts";
import type { Json, Pointer } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import { waiverKeys, type WaivableStage, type Waiver, type WaiverKey } from "../model/waiver.ts";
import type { ConfigError } from "./config-error.ts";
import { describe } from "./validate-config.ts";
import { waiversSchema } from "./waivers-schema.ts";

/** The waivers of one file, as far as its form tells; with `problems` there are none. */
export interface WaiverFileReading {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Problem[];
  /** The problem of a value of the file, at its place. */
  readonly problemAt: (pointer: Pointer, message: string) => Problem;
}

/** A waiver as it is written, once the schema accepts it. */
type WrittenWaiver = Pick<Waiver, "reason" | "ticket" | "owner" | "expires"> & {
  readonly policy?: string;
  readonly problem?: WaivableStage;
  readonly match: { readonly [key in WaiverKey]?: string | readonly string[] };
};

let validate: ValidateFunction<readonly WrittenWaiver[]> | undefined;

/** Reads a file with waivers. Never throws, whatever the bytes are. */
export function readWaiverFile(path: string, bytes: Uint8Array): WaiverFileReading {
  const refused = (problem: Omit<Problem, "stage" | "path">): WaiverFileReading => ({
    waivers: [],
    problems: [{ ...problem, stage: "config", path }],
    problemAt: (_, message) => ({ stage: "config", path, message }),
  });
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  if (decoded.kind === "git-crypt") return refused({ message: "is encrypted; expected waivers" });
  if (decoded.kind === "unreadable") {
    const { kind: _, ...problem } = decoded;
    return refused(problem);
  }
  let found: { readonly document: DocumentText; readonly value: Json } | undefined;
  for (const part of splitDocuments(decoded.text)) {
    if (part.kind === "separator") return refused(part);
    const reading = readDocument(path, part, DEFAULT_BUDGET);
    if (reading.kind === "empty") continue;
    if (reading.kind === "problem") return refused(reading.problem);
    if (found !== undefined) return refused({ line: reading.line, message: "a second YAML document; expected one" });
    found = { document: part, value: reading.value };
  }
  return found === undefined ? { ...refused({ message: "" }), problems: [] } : readValue(path, found);
}

function readValue(
  path: string,
  { document, value }: { readonly document: DocumentText; readonly value: Json },
): WaiverFileReading {
  const locator = locatorOf(document);
  const problemAt: WaiverFileReading["problemAt"] = (pointer, message) => {
    const place = locator?.locateDeepest(pointer).place;
    return { stage: "config", path, line: place?.line ?? document.line, column: place?.column ?? 1, message };
  };
  return checked(path, value, {
    problemAt,
    lineOf: (index) => locator?.locateDeepest(`/${index}`).place.line ?? document.line,
  });
}

/**
 * Reads the text of an annotation as a file with waivers, or one waiver, for the manifest alone: its name and kind are added to
 * what `match` says. Every place is that of the manifest.
 */
export function readWaiverAnnotation(
  { path, line }: { readonly path: string; readonly line: number },
  text: string,
  manifest: { readonly kind: string; readonly name: string },
): WaiverFileReading {
  const problemAt: WaiverFileReading["problemAt"] = (_, message) => ({ stage: "config", path, line, message });
  const [part, ...more] = splitDocuments(text);
  if (part?.kind !== "document" || more.length > 0)
    return { waivers: [], problems: [problemAt("", "expected one YAML document")], problemAt };
  const reading = readDocument(path, part, DEFAULT_BUDGET);
  if (reading.kind !== "value") {
    const message = reading.kind === "problem" ? reading.problem.message : "it is empty";
    return { waivers: [], problems: [problemAt("", message)], problemAt };
  }
  const own = { kind: manifest.kind, name: manifest.name };
  const entries = Array.isArray(reading.value) ? reading.value : [reading.value];
  if (entries.length > MOST_IN_ANNOTATION) {
    const message = `${entries.length} waivers; expected at most ${MOST_IN_ANNOTATION} in an annotation`;
    return { waivers: [], problems: [problemAt("", message)], problemAt };
  }
  const value = entries.map((entry: Json) =>
    isObject(entry) ? { ...entry, match: { ...(isObject(entry["match"]) ? entry["match"] : {}), ...own } } : entry,
  );
  const { waivers, ...rest } = checked(path, value, { problemAt, lineOf: () => line });
  return { ...rest, waivers: waivers.map((waiver) => ({ ...waiver, annotation: true })) };
}

// Whoever writes a manifest writes its annotation, and each waiver is compared with each finding.
const MOST_IN_ANNOTATION = 100;

/** The waivers that a value is, or what is wrong with it. */
function checked(
  path: string,
  value: Json,
  { problemAt, lineOf }: Pick<WaiverFileReading, "problemAt"> & { readonly lineOf: (index: number) => number },
): WaiverFileReading {
  validate ??= new Ajv({ allErrors: true, strict: true, strictRequired: false, verbose: true })
    .addFormat("date", fullFormats.date)
    .compile<readonly WrittenWaiver[]>(waiversSchema);
  if (!validate(value)) {
    const errors = (validate.errors ?? []).filter(
      ({ keyword, schemaPath, data }) =>
        keyword !== "if" && !isBranch(schemaPath) && (keyword !== "oneOf" || isObject(data as Json)),
    );
    return {
      waivers: [],
      problems: errors.map(explain).map(({ pointer, message }) => problemAt(pointer, message)),
      problemAt,
    };
  }
  return { waivers: value.map((one, index) => waiverOf(one, path, lineOf(index))), problems: [], problemAt };
}

/** The error of one alternative, of which another may be meant. */
function isBranch(schemaPath: string): boolean {
  return /\/oneOf\/\d+\//.test(schemaPath);
}

function explain(error: ErrorObject): ConfigError {
  const { instancePath: pointer, keyword } = error;
  const key = pointer.slice(pointer.lastIndexOf("/") + 1);
  switch (keyword) {
    case "oneOf":
      return { pointer, message: "expected exactly one of policy, problem and gap" };
    case "minProperties":
      return { pointer, message: `"${key}": expected at least one of ${waiverKeys.join(", ")}` };
    case "minLength":
    case "minItems":
      return { pointer, message: `"${key}": expected it not to be empty` };
    default: {
      const described = describe(error);
      return { ...described, message: described.message.replace(/^"\[(\d+)\]": /, "") };
    }
  }
}

function waiverOf(
  { policy, problem, match, reason, ticket, owner, expires }: WrittenWaiver,
  path: string,
  line: number,
): Waiver {
  return {
    path,
    line,
    scope:
      policy !== undefined
        ? { kind: "policy", policy }
        : problem !== undefined
          ? { kind: "problem", stage: problem }
          : { kind: "gap" },
    match: Object.fromEntries(Object.entries(match).map(([key, value]) => [key, [value].flat()])),
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(owner === undefined ? {} : { owner }),
    expires,
  };
}
