import type { WaiversConfig } from "../../model/config.ts";
import type { Weakening } from "./found-weakening.ts";

/** What waivers and annotations could cover by the proposed configuration, and not by the one in force. */
export function weakerWaivers(old: WaiversConfig, next: WaiversConfig): readonly Weakening[] {
  const added = (key: "files" | "annotations", tell: (one: string) => Omit<Weakening, "at">): readonly Weakening[] =>
    next[key].flatMap((one, index) =>
      old[key].includes(one) ? [] : [{ ...tell(one), at: ["waivers", key, String(index)] }],
    );
  return [
    ...added("files", (file) => ({ sentence: `takes waivers from ${file}` })),
    ...added("annotations", (policies) => ({ sentence: `lets annotations of manifests waive ${policies}`, policies })),
    ...(next.maxDays > old.maxDays
      ? [
          {
            sentence: `lets waivers last ${next.maxDays} days in place of ${old.maxDays}`,
            at: ["waivers", "maxDays"],
          },
        ]
      : []),
  ];
}
