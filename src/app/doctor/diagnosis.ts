import { RequestError } from "octokit";
import { failureOf } from "../../github/failure.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import { causeOf } from "../error-for-log.ts";

type Make = (code: string, found: string, next?: string) => Diagnosis;

const make =
  (state: Diagnosis["state"]): Make =>
  (code, found, next) => ({ code, state, found, ...(next === undefined ? {} : { next }) });

/** Make a diagnosis: what was found, and what to do about it. */
export const ok = make("ok");
export const warning = make("warning");
export const failure = make("failure");
export const unknown = make("unknown");

/** What a read gave, or in one line why it gave nothing. */
export type Reading<T> =
  | { readonly kind: "read"; readonly value: T }
  | {
      readonly kind: "unread";
      readonly why: string;
      /** The status that GitHub answered; absent where nothing answered. */
      readonly status?: number;
    };

/** Awaits what is asked of GitHub. Rejects for errors that come neither from GitHub nor from the connection. */
export async function attempt<T>(request: Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: "read", value: await request };
  } catch (error) {
    const reason = failureOf(error);
    if (reason === undefined) throw error;
    const answered = error instanceof RequestError && error.response !== undefined;
    if (reason.kind === "limited")
      return { kind: "unread", why: `GitHub asks to wait ${Math.ceil(reason.seconds)} s (rate limit)` };
    if (answered) return { kind: "unread", why: causeOf(error), status: error.status };
    return { kind: "unread", why: reason.reason === "no connection" ? causeOf(error) : reason.reason };
  }
}

/** A duration for people, such as `3 hours`. */
export function duration(milliseconds: number): string {
  const units = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1_000],
  ] as const;
  const [name, size] = units.find(([, length]) => milliseconds >= length) ?? ["second", 1_000];
  const number = Math.floor(milliseconds / size);
  return `${number} ${name}${number === 1 ? "" : "s"}`;
}
