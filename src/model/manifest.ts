import type { Json, JsonObject } from "./json.ts";

/** The identity of a Kubernetes object. It has the group without version, so that an upgrade of the API version keeps the identity. */
export interface Identity {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  /** `metadata.name`, or `metadata.generateName` followed by `*`, or empty where the manifest has neither. */
  readonly name: string;
}

/** The position of a manifest's text in a tree. */
export interface SourcePosition {
  readonly path: string;
  /** 0-based number of the YAML document in the file. */
  readonly document: number;
  /** 1-based line on which the document's content starts. */
  readonly line: number;
  /** Pointer from the document to this manifest; empty unless it is an item of a `List` or of an array. */
  readonly pointer: string;
}

/** One Kubernetes object with its identity, its source position, and the environment it lands in. */
export interface Manifest {
  readonly identity: Identity;
  readonly apiVersion: string;
  readonly value: JsonObject;
  readonly position: SourcePosition;
  readonly environment?: string;
  /** The Kubernetes version that `apply:` names for it; absent: that of the environment. */
  readonly kubernetes?: string;
  /** The Kustomize root, chart or GitOps object it came through; absent for a plain file. */
  readonly source?: string;
  /** It is rendered only where the cluster answers a question of its chart in this way: another rendering has it otherwise, or not at all. */
  readonly when?: string;
  /** It is no Kubernetes object: the entry of `documents:` (its number) that judges it. */
  readonly document?: number;
}

/** A place in a text; lines and columns are 1-based, columns count UTF-16 code units, ends are inclusive lines. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
}

/** A document that is valid YAML but not a Kubernetes object. */
export interface NotManifest {
  readonly document: number;
  readonly line: number;
  readonly reason: string;
  readonly value: Json;
}
