import type { Json } from "./json.ts";

/** Something that one manifest declares and others are judged by, such as the schemas of a CRD. */
export interface Fact {
  /** What it is about, such as `example.com/Widget`. */
  readonly key: string;
  /** Equal for equal values. */
  readonly digest: string;
  readonly value: Json;
  /**
   * `everywhere`: it reaches the manifests of all environments. Absent: those of its own environment only; manifests without
   * an environment see each other, and nothing of any environment.
   */
  readonly reach?: "everywhere";
  /** With a change, what the tree before says counts for both trees: the change does not decide what it is judged by. */
  readonly trusted?: true;
  /** Set by the gate: the environment of the manifest it comes from. */
  readonly environment?: string;
}

/** The facts that reach manifests of one environment, about some keys. One object for all questions that have the same. */
export interface KnownFacts {
  /** Equal for equal facts that are as near: of the own environment, of none, or of another. */
  readonly digest: string;
  /** In a fixed order. */
  readonly facts: readonly Fact[];
}
