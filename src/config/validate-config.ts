import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { Json, Pointer } from "../model/json.ts";
import type { ConfigError } from "./config-error.ts";
import { configSchema } from "./config-schema.ts";
import type { WrittenConfig } from "./fill-config.ts";
import { unknownLocks } from "./locks.ts";
import { sharedChecks } from "./shared-checks.ts";
import { signerErrors } from "./signers.ts";
import { nearName } from "../manifest/near-name.ts";
import { below, keysOf } from "../manifest/pointer.ts";

let validate: ValidateFunction<WrittenConfig> | undefined;

/** Validates a value against the schema. With errors `config` is empty: a file with one error is not trusted elsewhere. */
export function validateConfig(value: Json): {
  readonly config: WrittenConfig;
  readonly errors: readonly ConfigError[];
} {
  // Compiled on first use: most runs of the command line read no configuration.
  validate ??= new Ajv({ allErrors: true, strict: true, verbose: true })
    .addFormat("date", fullFormats.date)
    .compile<WrittenConfig>(configSchema);
  if (validate(value)) {
    const errors = [...sharedChecks(value.branches ?? []), ...unknownLocks(value.locked ?? []), ...signerErrors(value)];
    return { config: errors.length === 0 ? value : {}, errors };
  }
  // The errors of the branches say it better.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if" && keyword !== "propertyNames");
  return { config: {}, errors: errors.map(describe) };
}

/** What is wrong at one place, and what was expected. */
export function describe(error: ErrorObject): ConfigError {
  const { instancePath, keyword, params, data, propertyName } = error;
  const name = instancePath === "" ? "the file" : `"${lastKey(instancePath)}"`;
  const say = (what: string): ConfigError => ({ pointer: instancePath, message: `${name}: ${what}` });
  switch (keyword) {
    case "additionalProperties": {
      const key = String(params["additionalProperty"]);
      const known = knownKeys(error);
      const near = nearName(key, known);
      const hint = near === undefined ? `; expected one of ${known.join(", ")}` : `; did you mean "${near}"?`;
      return { pointer: below(instancePath, key), message: `unknown key "${key}"${hint}` };
    }
    case "required":
      return say(`expected a key "${String(params["missingProperty"])}"`);
    case "type": {
      const quotes = params["type"] === "string" && typeof data === "number" ? "; put quotes around it" : "";
      return say(`expected ${article(String(params["type"]))}${quotes}`);
    }
    case "enum": {
      const allowed = params["allowedValues"] as readonly string[];
      return say(`expected one of ${allowed.join(", ")}`);
    }
    case "const":
      return say(`expected ${String(params["allowedValue"])}`);
    case "false schema":
      return say("only a chart has values; expected `as: helm`");
    case "format":
      return say("expected a calendar date such as 2027-01-15");
    case "maxLength":
    case "pattern": {
      if (propertyName === undefined)
        return say(patterns.find(({ at }) => at.test(instancePath))?.expected ?? patternless);
      const message = `"${propertyName}": expected a name of at most 63 letters, digits, ".", "_" and "-"`;
      return { pointer: below(instancePath, propertyName), message };
    }
    default:
      return say(error.message ?? keyword);
  }
}

const patterns: readonly { readonly at: RegExp; readonly expected: string }[] = [
  { at: /^\/override\/teams\//, expected: "expected a team (@org/team)" },
  { at: /^\/owners\//, expected: "expected a person (@login) or a team (@org/team)" },
  { at: /^\/remotes\//, expected: "expected a pattern of URLs such as oci://ghcr.io/acme/**" },
  {
    at: /^\/branches\/\d+\/branch$/,
    expected:
      "expected the name of one branch: branches that share a check would share what passed. Without `check`, each branch that a pattern matches has a check of its own",
  },
  {
    at: /^\/branches\/\d+\/check$/,
    expected: "expected a name of at most 100 printable ASCII characters, without a space at its ends",
  },
];
const patternless = 'expected a Kubernetes version such as "1.34"';

const words: { readonly [type: string]: string } = {
  array: "a list",
  object: "a mapping",
  string: "a string",
  boolean: "true or false",
  integer: "a whole number",
};

function article(type: string): string {
  return words[type] ?? type;
}

/** The known keys of the object that has the unknown one. */
function knownKeys({ parentSchema }: ErrorObject): readonly string[] {
  return Object.keys((parentSchema?.["properties"] as object | undefined) ?? {});
}

function lastKey(pointer: Pointer): string {
  const keys = keysOf(pointer);
  const last = keys.at(-1) ?? "";
  return /^\d+$/.test(last) ? `${keys.at(-2) ?? ""}[${last}]` : last;
}
