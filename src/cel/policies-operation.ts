import type { Steps } from "./cause.ts";

/** What the module says of an admission policy once, when it compiles it. Fields are paths such as `spec.validations[0].expression`. */
export interface PolicyFacts {
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
  /** The expressions that ask the authorizer. */
  readonly unjudged?: readonly string[];
  /** The expressions that read who asks. */
  readonly userInfo?: readonly string[];
  /** The indices of the validations that read the operation or the old object. */
  readonly readsChange?: readonly number[];
}

/** One validation of a policy that does not hold; an index below zero stands for the policy as a whole. */
export interface Decision {
  readonly index: number;
  readonly evaluation: "deny" | "error";
  readonly action: "deny" | "admit";
  readonly message: string;
  readonly reason?: string;
  readonly place: Steps;
  readonly reads?: readonly Steps[];
}

/** An audit annotation of a policy; without a value, it could not be evaluated. */
export interface Annotation {
  readonly key: string;
  readonly value?: string;
}

/** The module's answer to its operation `policies`, with a result for each question. */
export interface PoliciesAnswer {
  readonly missing?: boolean;
  readonly facts?: PolicyFacts;
  readonly results?: readonly {
    readonly decisions?: readonly Decision[];
    readonly annotations?: readonly Annotation[];
  }[];
}
