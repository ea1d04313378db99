/** Thrown by a builtin that handles most calls itself, for a call that OPA must handle. */
export class AskOpa extends Error {
  override readonly name = "AskOpa";
}

/** Passes the call to OPA: it is too rare to justify the code for an exact answer. */
export function askOpa(): never {
  throw new AskOpa("this call is OPA's");
}
