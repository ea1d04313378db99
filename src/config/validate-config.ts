import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Config } from "../model/config.ts";
import type { Json, Pointer } from "../model/json.ts";
import { configSchema } from "./config-schema.ts";
import { nearName } from "./near-name.ts";

/** What portcullis.yaml may say; every key may be left out. */
export type WrittenConfig = Partial<Omit<Config, "manifests">> & { readonly manifests?: Partial<Config["manifests"]> };

/** One fault of a configuration and where it stands. */
export interface ConfigError {
  readonly pointer: Pointer;
  readonly message: string;
}

let validate: ValidateFunction<WrittenConfig> | undefined;

/** Checks a value against the schema. With errors `config` is empty: a file that is wrong in one place is not trusted in another. */
export function validateConfig(value: Json): {
  readonly config: WrittenConfig;
  readonly errors: readonly ConfigError[];
} {
  // Compiled on first need: most runs of the command line read no configuration.
  validate ??= new Ajv({ allErrors: true, strict: true }).compile<WrittenConfig>(configSchema);
  if (validate(value)) return { config: value, errors: [] };
  return { config: {}, errors: (validate.errors ?? []).map(describe) };
}

function describe(error: ErrorObject): ConfigError {
  const { instancePath, keyword, params } = error;
  const name = instancePath === "" ? "the file" : `"${lastKey(instancePath)}"`;
  switch (keyword) {
    case "additionalProperties": {
      const key = String(params["additionalProperty"]);
      const known = knownKeys(instancePath);
      const near = nearName(key, known);
      const hint = near === undefined ? `; expected one of ${known.join(", ")}` : `; did you mean "${near}"?`;
      return {
        pointer: `${instancePath}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        message: `unknown key "${key}"${hint}`,
      };
    }
    case "type": {
      const expected = String(params["type"]);
      return { pointer: instancePath, message: `${name}: expected ${article(expected)}` };
    }
    case "enum": {
      const allowed = params["allowedValues"] as readonly string[];
      return { pointer: instancePath, message: `${name}: expected one of ${allowed.join(", ")}` };
    }
    case "const":
      return { pointer: instancePath, message: `${name}: expected ${String(params["allowedValue"])}` };
    default:
      return { pointer: instancePath, message: `${name}: ${error.message ?? keyword}` };
  }
}

const words: { readonly [type: string]: string } = { array: "a list", object: "keys and values", string: "a text" };

function article(type: string): string {
  return words[type] ?? type;
}

function knownKeys(pointer: Pointer): readonly string[] {
  const { properties } = configSchema;
  return Object.keys(pointer === "/manifests" ? properties.manifests.properties : properties);
}

function lastKey(pointer: Pointer): string {
  const keys = pointer.split("/").slice(1);
  const last = keys.at(-1) ?? "";
  const shown = /^\d+$/.test(last) ? `${keys.at(-2) ?? ""}[${last}]` : last;
  return shown.replaceAll("~1", "/").replaceAll("~0", "~");
}
