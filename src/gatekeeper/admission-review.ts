import { isObject } from "../manifest/identity.ts";
import type { JsonObject } from "../model/json.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { problemAt } from "./object-lines.ts";
import { objectAt, textAt } from "./values.ts";

/** An AdmissionReview as a suite may give it in place of an object; `none`: it is another object. */
export type AdmissionReading =
  | { readonly kind: "none" }
  | { readonly kind: "review"; readonly object: JsonObject; readonly review: JsonObject }
  | { readonly kind: "problem"; readonly problem: Problem };

const fields = [
  "uid",
  "kind",
  "resource",
  "subResource",
  "requestKind",
  "requestResource",
  "requestSubResource",
  "name",
  "namespace",
  "operation",
  "userInfo",
  "object",
  "oldObject",
  "dryRun",
  "options",
];

/** Reads an AdmissionReview strictly, as `gator` does, with what a request always has. */
export function admissionReview(object: PolicyObject): AdmissionReading {
  const { value } = object;
  if (textAt(value, "kind") !== "AdmissionReview" || !textAt(value, "apiVersion")?.startsWith("admission.k8s.io/"))
    return { kind: "none" };
  const wrong = (pointer: string, message: string): AdmissionReading => ({
    kind: "problem",
    problem: problemAt(object, pointer, message),
  });
  const unknown = Object.keys(value).find((key) => !["apiVersion", "kind", "request", "response"].includes(key));
  if (unknown !== undefined) return wrong(`/${unknown}`, `unknown field ${unknown} of an AdmissionReview`);
  const request = objectAt(value, "request");
  if (request === undefined) return wrong("", "the AdmissionReview has no request");
  const strange = Object.keys(request).find((key) => !fields.includes(key));
  if (strange !== undefined) return wrong(`/request/${strange}`, `unknown field ${strange} of an AdmissionRequest`);
  const { object: written, oldObject } = request;
  const isDeletion = request["operation"] === "DELETE";
  const about = isDeletion ? oldObject : isObject(written) ? written : oldObject;
  if (!isObject(about))
    return wrong("/request", isDeletion ? "a DELETE needs an oldObject" : "the request has no object and no oldObject");
  const empty = { group: "", version: "", resource: "" };
  return {
    kind: "review",
    object: about,
    review: {
      ...request,
      uid: request["uid"] ?? "",
      kind: request["kind"] ?? { group: "", version: "", kind: "" },
      resource: request["resource"] ?? empty,
      operation: request["operation"] ?? "",
      userInfo: request["userInfo"] ?? {},
      object: isDeletion ? about : (written ?? null),
      oldObject: oldObject ?? null,
      options: request["options"] ?? null,
      namespaceObject: {},
    },
  };
}
