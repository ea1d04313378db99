import type { Because } from "../../../model/standing.ts";
import { inert } from "../../inert-text.ts";

/** What was different when something failed for the first time, in a few words. */
export function causeWords(because: Because): string {
  switch (because.kind) {
    case "first":
      return "first judgement";
    case "commits":
    case "rules":
      return `${because.kind} ${inert(because.from.slice(0, 12))}...${inert(because.to.slice(0, 12))}`;
    case "waiver":
      return `waiver ${inert(because.path)}:${because.line} expired on ${inert(because.expires)}`;
    case "time":
      return "neither commits nor rules: what servers have, or a date";
    default:
      return because satisfies never;
  }
}
