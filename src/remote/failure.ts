import type { RemoteOutcome } from "../model/remotes.ts";

/** The outcomes without content. */
export type FailureKind = Exclude<RemoteOutcome["kind"], "found">;

/** Why something was not fetched. `createRemotes` turns it into an outcome. */
export class RemoteFailure extends Error {
  override readonly name = "RemoteFailure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const longest = 300;

/** What others wrote, as part of a message of ours: one line of bounded length without control characters. */
export function oneLine(text: string): string {
  // `\p{C}`: control characters, and those that turn the direction of writing.
  const line = text
    .slice(0, 10 * longest)
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** An address as messages show it: without what may be secret in it, as signatures in the query are. */
export function shown(url: URL | string): string {
  const { protocol, host, pathname } = new URL(url);
  return oneLine(`${protocol}//${host}${pathname}`);
}
