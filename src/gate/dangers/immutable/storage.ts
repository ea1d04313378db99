import { valueAt } from "../differences.ts";
import { quantity } from "../quantity.ts";
import { fixed, fixedOnceSet, type Fixed, type ImmutableRule, type Update } from "./rule.ts";

/** A PersistentVolumeClaim may grow and change its attributes class; the cluster fills in most other fields. */
export const persistentVolumeClaim: ImmutableRule = (update) => [
  ...accessModes(update),
  ...["storageClassName", "volumeName", "dataSource", "dataSourceRef"].flatMap((field) =>
    fixedOnceSet(update, ["spec", field]),
  ),
  ...["volumeMode", "selector"].flatMap((field) => fixed(update, ["spec", field])),
  ...shrunk(update),
];

function accessModes(update: Update): readonly Fixed[] {
  const modes = (side: Update["before"]): readonly string[] => {
    const found = valueAt(side, ["spec", "accessModes"]);
    return Array.isArray(found) ? found.map(String).toSorted() : [];
  };
  const same = modes(update.before).join() === modes(update.after).join();
  return same ? [] : fixedOnceSet(update, ["spec", "accessModes"]);
}

const size = ["spec", "resources", "requests", "storage"] as const;

function shrunk({ before, after }: Update): readonly Fixed[] {
  const [old, now] = [quantity(valueAt(before, size)), quantity(valueAt(after, size))];
  if (old === undefined || now === undefined || now >= old) return [];
  return [{ field: size.join("."), changed: [size], unless: "a claim can only grow" }];
}

export const storageClass: ImmutableRule = (update) =>
  ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"].flatMap((field) =>
    fixed(update, [field], { unless: "create another StorageClass and name it in new claims" }),
  );
