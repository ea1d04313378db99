/** Thrown by a builtin that answers most calls itself and leaves this one to OPA. */
export class AskOpa extends Error {
  override readonly name = "AskOpa";
}

/** Leaves the call to OPA: it is rarer than the code that would be needed to answer it exactly. */
export function askOpa(): never {
  throw new AskOpa("this call is OPA's");
}
