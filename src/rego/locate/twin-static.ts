import type { Json } from "../../model/json.ts";

/**
 * One segment of a path: a constant key, any key (null), the value of a captured variable (`v`), every segment of a
 * captured path (`s`), the item of a list that equals a constant (`e`) or the value of a captured variable (`ev`), or
 * any key where all must pass (`all`).
 */
export type Segment =
  | string
  | number
  | null
  | { readonly v: string }
  | { readonly s: string }
  | { readonly e: string | number }
  | { readonly ev: string }
  | { readonly all: true };

/** A place that a condition may read, relative to the document (`input`) or to the place of a captured value in it. */
export interface Reference {
  readonly h: string;
  readonly p: readonly Segment[];
}

/** One place that a condition reads; helpers with several definitions give several alternative references. */
export interface Read {
  readonly r: readonly Reference[];
  /** True if it is in the condition itself, not in a helper. */
  readonly own?: boolean;
  /** True if it is under an odd number of negations, so that its absence can be the cause. */
  readonly neg?: boolean;
  /** True if it is read with a default or in a comprehension, so that the condition stays defined without it. */
  readonly opt?: boolean;
  /** True if the key was read, not its value. */
  readonly key?: boolean;
  /** True if only the number of elements was read. */
  readonly size?: boolean;
  /** True if it is read by one of several keys that the policy names, and which one is not known. */
  readonly or?: boolean;
  /** The number of the body; reads in the same body of a helper share it. */
  readonly g?: number;
  /** True if that body is under an odd number of negations: it failed. */
  readonly b?: boolean;
}

/** One expression in the body of a deciding rule. `let` decides through a helper that also makes the message. */
export interface Step {
  readonly kind: "iteration" | "let" | "condition" | "message";
  readonly line: number;
  readonly neg?: boolean;
  /** True if it only compares for equality or membership, as filters do. */
  readonly equal?: boolean;
  /** True if it calls a helper that decides whether the manifest is excused. */
  readonly exempts?: boolean;
  readonly reads?: readonly Read[];
  /** The collection that is iterated over. */
  readonly domain?: readonly Read[];
}

/** What is known about one twin without evaluating it. */
export interface TwinStatic {
  readonly rule: number;
  readonly path: string;
  readonly line: number;
  readonly steps: readonly Step[];
  /** The possible places of captured elements of collections that the policy built. */
  readonly origins?: { readonly [variable: string]: readonly Reference[] };
}

/** One answer of a twin: its index, the message, and the values that its body bound. */
export type TwinAnswer = readonly [number, Json, { readonly [variable: string]: Json }];
