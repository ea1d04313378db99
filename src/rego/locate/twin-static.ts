import type { Json } from "../../model/json.ts";

/**
 * One step of a path: a constant key, any key (null), the value of a captured variable (`v`), every step of a captured path (`s`),
 * the item of a list that equals a constant (`e`) or a captured variable's value (`ev`), or any key where all have to pass (`all`).
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

/** A place that a condition may look at: from the document (`input`) or from where a captured value stands in it. */
export interface Reference {
  readonly h: string;
  readonly p: readonly Segment[];
}

/** One place that a condition looks at; helpers with several definitions give several references, of which one is meant. */
export interface Read {
  readonly r: readonly Reference[];
  /** Written in the condition itself, not in a helper that it calls. */
  readonly own?: boolean;
  /** Under an odd number of negations, so that its absence can be the cause. */
  readonly neg?: boolean;
  /** Read with a default or in a comprehension, so that its absence leaves the condition defined. */
  readonly opt?: boolean;
  /** The key was read, not the value at it. */
  readonly key?: boolean;
  /** Only how many there are was asked. */
  readonly size?: boolean;
  /** Reads of one body of one helper share a number. */
  readonly g?: number;
  /** That body is under an odd number of negations: it failed. */
  readonly b?: boolean;
}

/** What one expression of a deciding rule's body is. `let` decides through a helper while it makes the message. */
export interface Step {
  readonly kind: "iteration" | "let" | "condition" | "message";
  readonly line: number;
  readonly neg?: boolean;
  /** It only compares for equality or membership, as filters do. */
  readonly equal?: boolean;
  /** It asks a helper whether the manifest is excused. */
  readonly exempts?: boolean;
  readonly reads?: readonly Read[];
  /** The collection that an iteration goes over. */
  readonly domain?: readonly Read[];
}

/** What the toolchain knows of one twin without evaluating it. */
export interface TwinStatic {
  readonly rule: number;
  readonly path: string;
  readonly line: number;
  readonly steps: readonly Step[];
  /** Where the captured elements of collections that the policy made may stand. */
  readonly origins?: { readonly [variable: string]: readonly Reference[] };
}

/** One answer of a twin: its index, the message value, and the values its body bound. */
export type TwinAnswer = readonly [number, Json, { readonly [variable: string]: Json }];
