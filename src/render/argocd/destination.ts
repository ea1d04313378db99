import type { Fields } from "./fields.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** `spec.destination` of an Application. A missing field is the empty string; `server` has no trailing slash, as Argo CD compares it. */
export interface Destination {
  readonly name: string;
  readonly server: string;
  readonly namespace: string;
}

/** Reads `spec.destination`, and reports one that names no cluster or names it twice. */
export function destinationOf(spec: Fields, diagnostics: Diagnostics): Destination {
  const fields = spec.object("destination");
  const name = fields?.text("name") ?? "";
  const server = (fields?.text("server") ?? "").replace(/\/+$/, "");
  if (name !== "" && server !== "") {
    diagnostics.problem(
      "/spec/destination",
      `the destination is given by name (${name}) and by server (${server}); expected one of them`,
    );
  }
  if (name === "" && server === "") diagnostics.problem("/spec/destination", "the destination needs name or server");
  return { name, server, namespace: fields?.text("namespace") ?? "" };
}
