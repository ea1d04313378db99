import type { Json, JsonObject } from "../model/json.ts";
import type { Operation } from "../model/policy.ts";
import { textAt } from "./values.ts";

/** What is known of a request that admission would review. */
export interface ReviewSubject {
  /** The object as it would be stored; for DELETE the deleted one. */
  readonly object: JsonObject;
  readonly oldObject?: JsonObject;
  readonly operation: Operation | "";
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly namespaceObject?: JsonObject;
}

/**
 * `input.review` as Gatekeeper gives it: an AdmissionRequest of which only what Git knows is filled in, and the Namespace
 * of the object.
 */
export function reviewOf(subject: ReviewSubject): JsonObject {
  const { object, oldObject, operation, group, version, kind, namespace, namespaceObject } = subject;
  const name = textAt(object, "metadata", "name");
  const old: Json = oldObject ?? (operation === "DELETE" ? object : null);
  return {
    uid: "",
    kind: { group, version, kind },
    resource: { group: "", version: "", resource: "" },
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    operation,
    userInfo: {},
    object,
    oldObject: old,
    options: null,
    namespaceObject: namespaceObject ?? {},
  };
}
