import type { PolicyObject } from "../../src/model/policy.ts";
import { policyObjects } from "../../src/config/policy-objects.ts";

/** A template of a kind, with Rego or with other content of its target, and a schema of parameters. */
export function template(
  kind: string,
  rego: string,
  more: { readonly schema?: string; readonly libs?: string } = {},
): string {
  const indented = (text: string, by: number): string => text.trim().replaceAll(/^(?=.)/gm, " ".repeat(by));
  return `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: ${kind.toLowerCase()}
spec:
  crd:
    spec:
      names:
        kind: ${kind}
      validation:
        openAPIV3Schema: ${more.schema ?? "{ type: object }"}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
${indented(rego, 8)}
${more.libs === undefined ? "" : `      libs:\n        - |\n${indented(more.libs, 10)}\n`}`;
}

/** A template with Rego that denies everything, and with code in CEL; its source starts on line 18. */
export function nativeTemplate(kind: string, source: string, schema = "{ type: object }"): string {
  return `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: ${kind.toLowerCase()}
spec:
  crd:
    spec:
      names:
        kind: ${kind}
      validation:
        openAPIV3Schema: ${schema}
  targets:
    - target: admission.k8s.gatekeeper.sh
      operations: ["*"]
      code:
        - engine: K8sNativeValidation
          source:
${source.trim().replaceAll(/^(?=.)/gm, " ".repeat(12))}
        - engine: Rego
          source:
            rego: |
              package denying
              violation[{"msg": "Rego"}] { true }
`;
}

/** A constraint with a spec, in flow style. */
export function constraint(kind: string, name: string, spec = "{}"): string {
  return `apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec: ${spec}\n`;
}

/** The policy objects in files. */
export function objectsIn(files: { readonly [path: string]: string }): readonly PolicyObject[] {
  const given = Object.entries(files).map(([path, text]) => ({ path, text }));
  return policyObjects(given, []).objects;
}
