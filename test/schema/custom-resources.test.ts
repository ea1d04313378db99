import { expect, test } from "@jest/globals";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import { createSchemaCheck } from "../../src/schema/schema-check.ts";
import { complaintsOf, linesOf, manifestsIn, onKubernetes } from "./judging.ts";
import { processorTime } from "../support/processor-time.ts";

/** A CRD of kind Widget whose `spec` has this schema, in flow style. */
function crd(spec: string, more: { readonly version?: string; readonly root?: string } = {}): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      ${more.version ?? "subresources: {status: {}}"}
      schema:
        openAPIV3Schema:
          type: object
          ${more.root ?? "required: [spec]"}
          properties:
            spec: ${spec}
            status: {type: object, properties: {ready: {type: boolean}}, required: [ready]}
---
`;
}

function widget(spec: string, more = ""): string {
  return `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: ${spec}\n${more}`;
}

/** What is said of a Widget, without the CRD's lines. */
function said(schema: string, spec: string, more?: string): readonly string[] {
  return complaintsOf(crd(schema) + widget(spec, more)).map(({ rule, message }) => `${rule} ${message}`);
}

test.each<[name: string, schema: string, spec: string, expected: readonly string[]]>([
  ["a good one has nothing said of it", "{type: object, properties: {size: {type: integer}}}", "{size: 3}", []],
  [
    "an unknown field would be dropped, so it is told",
    "{type: object, properties: {size: {type: integer}}}",
    "{sice: 3}",
    ["unknown-field spec.sice: unknown field; did you mean size?"],
  ],
  [
    "unknown fields are kept where the schema says so, and the known among them are validated",
    "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {size: {type: integer}}}",
    '{other: {deep: 1}, size: "3"}',
    ['type spec.size: expected integer, found string "3"'],
  ],
  [
    "keys of a map are free, its values are not",
    "{type: object, additionalProperties: {type: object, properties: {count: {type: integer}}}}",
    "{anything: {number: 1}}",
    ["unknown-field spec.anything.number: unknown field; expected count"],
  ],
  [
    "what has a default is not missing",
    "{type: object, required: [size, colour], properties: {size: {type: integer, default: 1}, colour: {type: string}}}",
    "{}",
    ["required spec.colour: required, but missing"],
  ],
  [
    "null counts as absent where null may not stand",
    "{type: object, required: [size], properties: {size: {type: integer}, colour: {type: string}}}",
    "{size: null, colour: null}",
    ["required spec.size: required, but missing"],
  ],
  [
    "null has the default where there is one",
    "{type: object, required: [size], properties: {size: {type: integer, default: 5}}}",
    "{size: null}",
    [],
  ],
  [
    "null stands where it may",
    "{type: object, required: [size], properties: {size: {type: integer, nullable: true}}}",
    "{size: null}",
    [],
  ],
  [
    "null in a list stays and is of a wrong type",
    "{type: object, properties: {list: {type: array, items: {type: string}}}}",
    "{list: [a, null]}",
    ["type spec.list[1]: expected string, found null"],
  ],
  [
    "an integer or a string",
    "{type: object, properties: {port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}, other: {x-kubernetes-int-or-string: true}}}",
    "{port: http, other: true}",
    ["type spec.other: expected integer or string, found boolean true"],
  ],
  [
    "numbers and texts within bounds",
    "{type: object, properties: {a: {type: integer, minimum: 1}, b: {type: number, maximum: 2, exclusiveMaximum: true}, c: {type: string, minLength: 2}, d: {type: string, pattern: '^[a-z]+$'}, e: {type: integer, multipleOf: 5}}}",
    "{a: 0, b: 2, c: x, d: A1, e: 12}",
    [
      "value spec.a: expected at least 1, found number 0",
      "value spec.b: expected less than 2, found number 2",
      'value spec.c: expected at least 2 characters, found string "x"',
      'value spec.d: expected a string that matches ^[a-z]+$, found string "A1"',
      "value spec.e: expected a multiple of 5, found number 12",
    ],
  ],
  [
    "lists and objects within bounds",
    "{type: object, maxProperties: 1, properties: {a: {type: array, minItems: 2, items: {type: string}}, b: {type: string}}}",
    "{a: [x], b: z}",
    ["value spec: expected at most 1 field, found 2", "value spec.a: expected at least 2 items, found 1"],
  ],
  [
    "one of several values",
    "{type: object, properties: {mode: {type: string, enum: [Fast, Slow]}}}",
    "{mode: fast}",
    ['value spec.mode: expected one of Fast, Slow, found string "fast"; did you mean Fast?'],
  ],
  [
    "exactly one of several alternatives",
    "{type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}",
    "{a: x, b: x}",
    ["value spec: matches 2 of 2 alternatives; expected exactly one"],
  ],
  [
    "one of several fields",
    "{type: object, properties: {a: {type: string}, b: {type: string}}, anyOf: [{required: [a]}, {required: [b]}]}",
    "{}",
    ["required spec: one of a, b is required, but missing"],
  ],
  [
    "a form that is ruled out",
    "{type: object, properties: {a: {type: string, not: {enum: [x]}}}}",
    "{a: x}",
    ["value spec.a: matches a schema that it must not match"],
  ],
  [
    "all of several conditions",
    "{type: object, properties: {a: {type: string, allOf: [{minLength: 3}, {pattern: '^b'}]}}}",
    "{a: cd}",
    [
      'value spec.a: expected at least 3 characters, found string "cd"',
      'value spec.a: expected a string that matches ^b, found string "cd"',
    ],
  ],
  [
    "sets and maps hold each item once",
    "{type: object, properties: {s: {type: array, x-kubernetes-list-type: set, items: {type: string}}, m: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [id, side], items: {type: object, properties: {id: {type: string}, side: {type: string, default: left}}}}}}",
    "{s: [a, b, a], m: [{id: x}, {id: x, side: right}, {id: x, side: left}]}",
    [
      'duplicate spec.s[2]: already in the list: string "a"',
      'duplicate spec.m[2]: an item with id "x" and side "left" is already in the list',
    ],
  ],
  [
    "an embedded object has a type and metadata of its own",
    "{type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}",
    "{apiVersion: v1, metadata: {lables: {}}, data: {}}",
    [
      "unknown-field spec.metadata.lables: unknown field; did you mean labels?",
      "required spec.kind: required, but missing",
    ],
  ],
  [
    "formats that the API server enforces",
    "{type: object, properties: {t: {type: string, format: date-time}, b: {type: string, format: byte}, i: {type: string, format: ipv4}, c: {type: string, format: cidr}, six: {type: string, format: ipv6}, u: {type: string, format: something-else}}}",
    "{t: 2027-13-01T00:00:00Z, b: '!', i: 10.0.0.256, c: 10.0.0.0/33, six: '1::2::3', u: anything}",
    [
      'value spec.t: expected a time such as 2027-01-15T09:30:00Z, found string "2027-13-01T00:00:00Z"',
      'value spec.b: expected base64, found string "!"',
      'value spec.i: expected an IPv4 address, found string "10.0.0.256"',
      'value spec.c: expected a network such as 10.0.0.0/8, found string "10.0.0.0/33"',
      'value spec.six: expected an IPv6 address, found string "1::2::3"',
    ],
  ],
])("Custom resources: %s", (_, schema, spec, expected) => {
  expect(said(schema, spec)).toEqual(expected);
});

test("The API server drops a status that Git has, so only its unknown fields count", () => {
  const spec = "{type: object}";
  expect(said(spec, "{}", "status: {}\n")).toEqual([]);
  expect(said(spec, "{}", "status: {redy: true}\n")).toEqual([
    "unknown-field status.redy: unknown field; did you mean ready?",
  ]);
});

test("Metadata is validated although the CRD does not describe it", () => {
  const yaml = widget("{}").replace("{name: a}", "{name: a, labels: {a: 1}, anotations: {}}");
  const found = complaintsOf(crd("{type: object}") + yaml).map(({ message }) => message);
  expect(found).toEqual([
    "metadata.anotations: unknown field; did you mean annotations?",
    "metadata.labels.a: expected string, found number 1",
  ]);
});

test("A version that its CRD does not serve is an API version that is not served", () => {
  const found = complaintsOf(crd("{type: object}") + widget("{}").replace("example.com/v1", "example.com/v2"));
  expect(found).toMatchObject([
    {
      policy: "kubernetes/api-version",
      level: "deny",
      message: "example.com/v2 Widget is not served by its CRD; expected example.com/v1",
    },
  ]);
});

test("A version that its CRD marks as deprecated warns in the CRD's own words", () => {
  const old = crd("{type: object}", { version: "deprecated: true\n      deprecationWarning: use example.com/v2" });
  expect(complaintsOf(old + widget("{}"))).toMatchObject([
    { policy: "kubernetes/api-version", level: "warn", message: "use example.com/v2" },
  ]);
});

test("A CRD itself is held against Kubernetes' schema, and a keyword of a wrong type does not stop the rest", () => {
  const broken = crd("{type: object, required: size, properties: {size: {type: integer, minimum: low}}}");
  const found = complaintsOf(broken + widget("{size: big}"));
  expect(found.map(({ message }) => message)).toEqual([
    'spec.versions[0].schema.openAPIV3Schema.properties.spec.required: expected a list, found string "size"',
    'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.size.minimum: expected number, found string "low"',
    'spec.size: expected integer, found string "big"',
  ]);
});

test("A custom resource waits for the CRD of its kind, and nothing is said without one", () => {
  const check = createSchemaCheck(openSchemaBundle(), onKubernetes("1.34"));
  const [manifest] = manifestsIn(widget("{anything: 1}"));
  expect(check.awaits?.(manifest!)).toBe("example.com/Widget");
  expect(check.ofManifest?.(manifest!, [])).toEqual([]);
  expect(check.awaits?.(manifestsIn("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")[0]!)).toBeUndefined();
});

test("The CRD of a manifest's own environment counts before those of others", () => {
  const check = createSchemaCheck(openSchemaBundle(), onKubernetes("1.34"));
  const fact = (schema: string, environment: string) =>
    check.factsOf?.(manifestsIn(crd(schema))[0]!).map((one) => ({ ...one, environment })) ?? [];
  const facts = [
    ...fact("{type: object, properties: {size: {type: integer}}}", "production"),
    ...fact("{type: object, properties: {size: {type: string}}}", "staging"),
  ];
  const [manifest] = manifestsIn(widget("{size: big}"));
  const rules = (environment?: string) =>
    check
      .ofManifest?.(environment === undefined ? manifest! : { ...manifest!, environment }, facts)
      .map(({ message }) => message);
  expect(rules("production")).toEqual(['spec.size: expected integer, found string "big"']);
  expect(rules("staging")).toEqual([]);
  // Contradicting CRDs of others: the one that it fits.
  expect(rules()).toEqual([]);
});

test("Alternatives nested in alternatives end in time, and not in silence", () => {
  let schema = "{type: string, pattern: x}";
  for (let depth = 0; depth < 24; depth += 1) schema = `{anyOf: [${schema}, {minLength: 99}]}`;
  let wide = "{type: object, properties: {s: {type: string}}}";
  for (let depth = 0; depth < 11; depth += 1) wide = `{allOf: [${wide}, ${wide}]}`;
  const list = Array.from({ length: 4000 }, () => "{s: x}").join(", ");
  const text =
    crd(`{type: object, properties: {a: ${schema}, b: {type: array, items: ${wide}}}}`) +
    widget(`{a: y, b: [${list}]}`);
  let found: ReturnType<typeof complaintsOf> = [];
  expect(processorTime(() => (found = complaintsOf(text)))).toBeLessThan(40_000);
  expect(found.at(-1)?.message).toBe("too large to be validated against its schema");
});

test("A finding in a custom resource stands at its line", () => {
  expect(linesOf(`${crd("{type: object, properties: {size: {type: integer}}}")}${widget("\n  size: big")}`)).toEqual([
    'type 25 spec.size: expected integer, found string "big"',
  ]);
});
