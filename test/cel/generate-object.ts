import { isObject } from "../../src/manifest/identity.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { pick, type Random } from "../schema/generate.ts";

/** Texts that some pattern of a real CRD asks for, or that its rules tell apart. */
const texts: readonly string[] = [
  ..."a,b,web,example.com,*.example.com,a.example.com,10.0.0.1,fd00::1,10.0.0.0/16,::/0,/,/a,/a/b,//,/../,x-a,X-Header".split(
    ",",
  ),
  ..."1h,30s,10m,500ms,720h,Never,1d,0s,100%,10%,0,1,80,443,https,http,TCP,UDP,Gateway,Service,Secret,v1,v1beta1".split(
    ",",
  ),
  ..."apps/v1,gateway.networking.k8s.io,cert-manager.io,karpenter.sh/capacity-type,kubernetes.io/os,linux,amd64".split(
    ",",
  ),
  ..."default,1Gi,100m,v1.31.0,v1.31.0+build.1,0 * * * *,@daily,2027-01-15T09:30:00Z,all,None,True,False,Unknown".split(
    ",",
  ),
  ..."ami-0123456789abcdef0,sg-0123456789abcdef0,subnet-0123456789abcdef0,al2023@latest,arn:aws:iam::123456789012:role/a".split(
    ",",
  ),
  "",
  " ",
  "example/path-1",
  "A".repeat(80),
];

/** The parts of a CRD's schema that objects are made from. */
interface CrdSchema {
  readonly [keyword: string]: Json | undefined;
}

/** What objects of one schema are made with: texts and numbers that its rules mention make both answers of a rule likely. */
export interface Material {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** Collects what the rules of a schema mention. */
export function materialOf(schema: Json): Material {
  const rules = rulesIn(schema).join("\n");
  const quoted = [...rules.matchAll(/'([^'\\]*)'|"([^"\\]*)"/g)].map(([, one, other]) => one ?? other ?? "");
  const numbers = [...rules.matchAll(/(?<![\w.'])\d{1,6}(?![\w.'])/g)].map(([text]) => Number(text));
  return {
    texts: [...new Set([...texts, ...quoted])],
    numbers: [...new Set([0, 1, 2, 5, 80, 443, ...numbers.flatMap((one) => [one - 1, one, one + 1])])],
  };
}

/** Every rule of a schema, wherever it is. */
export function rulesIn(schema: Json): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(rulesIn);
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "x-kubernetes-validations" && Array.isArray(value)
      ? value.flatMap((one: Json) => (isObject(one) && typeof one["rule"] === "string" ? [one["rule"]] : []))
      : rulesIn(value),
  );
}

/** A value that fits a schema in most places, so that its rules are evaluated. */
export function valueFor(random: Random, schema: CrdSchema, material: Material, depth = 0): Json {
  const { type, enum: values, default: preset } = schema;
  if (Array.isArray(values) && random() < 0.98) return pick<Json>(random, values);
  if (preset !== undefined && random() < 0.1) return preset;
  if (schema["x-kubernetes-int-or-string"] === true) return pick<Json>(random, [80, "http", "25%", 0, "1Gi", 3]);
  if (type === "string") return textFor(random, schema, material);
  if (type === "integer" || type === "number") return numberFor(random, schema, material);
  if (type === "boolean") return random() < 0.5;
  if (type === "array") return listFor(random, schema, material, depth);
  return objectFor(random, schema, material, depth);
}

function textFor(random: Random, { pattern, maxLength, minLength, format }: CrdSchema, material: Material): string {
  if (format === "date-time") return "2027-01-15T09:30:00Z";
  if (format === "byte") return "aGVsbG8=";
  const form = typeof pattern === "string" ? formOf(pattern) : undefined;
  const fits = (text: string): boolean =>
    (form === undefined || form.test(text)) &&
    (typeof maxLength !== "number" || text.length <= maxLength) &&
    (typeof minLength !== "number" || text.length >= minLength);
  const fitting = material.texts.filter(fits);
  return fitting.length === 0 ? "a" : pick(random, fitting);
}

const forms = new Map<string, RegExp | undefined>();

/** Most patterns mean the same in both languages. */
function formOf(pattern: string): RegExp | undefined {
  if (!forms.has(pattern)) {
    try {
      forms.set(pattern, new RegExp(pattern, "u"));
    } catch {
      forms.set(pattern, undefined);
    }
  }
  return forms.get(pattern);
}

function numberFor(random: Random, { minimum, maximum }: CrdSchema, material: Material): number {
  const fits = (one: number): boolean =>
    (typeof minimum !== "number" || one >= minimum) && (typeof maximum !== "number" || one <= maximum);
  const fitting = material.numbers.filter(fits);
  return fitting.length === 0 ? (typeof minimum === "number" ? minimum : 1) : pick(random, fitting);
}

function listFor(random: Random, schema: CrdSchema, material: Material, depth: number): Json {
  const { items, minItems = 0, maxItems = 16 } = schema;
  const [least, most] = [Number(minItems), Number(maxItems)];
  const length = Math.min(most, least + (depth > 9 ? 0 : Math.floor(random() * 3)));
  const list = Array.from({ length }, () => valueFor(random, isObject(items) ? items : {}, material, depth + 1));
  const isUnique = schema["x-kubernetes-list-type"] === "set";
  return isUnique ? [...new Map(list.map((item) => [JSON.stringify(item), item])).values()] : list;
}

function objectFor(random: Random, schema: CrdSchema, material: Material, depth: number): JsonObject {
  const { properties, additionalProperties, required } = schema;
  const own = isObject(properties) ? properties : {};
  const needed: readonly Json[] = Array.isArray(required) ? required : [];
  const count = Object.keys(own).length;
  const share = depth > 8 ? 0 : depth < 2 ? 0.7 : Math.min(0.7, 4 / Math.max(count, 1));
  const entries = Object.entries(own).flatMap<[string, Json]>(([name, inner]) =>
    isObject(inner) && ((needed.includes(name) && random() < 0.995) || random() < share)
      ? [[name, valueFor(random, inner, material, depth + 1)]]
      : [],
  );
  if (isObject(additionalProperties) && depth < 9) {
    for (let more = Math.floor(random() * 3); more > 0; more -= 1)
      entries.push([pick(random, material.texts), valueFor(random, additionalProperties, material, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

/** The same with some of its fields made anew: what a transition rule compares. */
export function changedObject(random: Random, value: Json, schema: CrdSchema, material: Material, depth = 0): Json {
  if (random() < 0.12) return valueFor(random, schema, material, depth);
  const { properties, items } = schema;
  if (isObject(value) && isObject(properties))
    return Object.fromEntries(
      Object.entries(value).flatMap<[string, Json]>(([name, inner]) => {
        const of = properties[name];
        if (random() < 0.05) return [];
        return [[name, isObject(of) ? changedObject(random, inner, of, material, depth + 1) : inner]];
      }),
    );
  if (Array.isArray(value) && isObject(items))
    return value.map((item: Json) => changedObject(random, item, items, material, depth + 1));
  return value;
}
