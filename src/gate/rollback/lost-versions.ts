import { isObject } from "../../manifest/identity.ts";
import type { Change } from "../../model/change.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Loss } from "../../model/rollback.ts";
import { valueAt } from "../dangers/differences.ts";
import { objectName } from "./object-name.ts";

/**
 * The versions of a CustomResourceDefinition that going back takes away, and the version that objects are stored in if it is
 * another one then. The API server refuses a definition without a version that its status lists as stored.
 */
export function lostVersions(change: Change): readonly Loss[] {
  if (change.kind !== "updated" && change.kind !== "moved") return [];
  const { identity } = change.after;
  if (identity.group !== "apiextensions.k8s.io" || identity.kind !== "CustomResourceDefinition") return [];
  const [now, then] = [versionsOf(change.before.value), versionsOf(change.after.value)];
  const manifest = objectName(change.after);
  const [storedNow, storedThen] = [storedIn(now), storedIn(then)];
  const gone = now.filter(({ name }) => !then.some((one) => one.name === name));
  const losses = gone.map(({ name, stored }): Loss => ({
    kind: "stored-version",
    manifest,
    message: stored
      ? `${name} is the version that objects are stored in now, and is not there then: the API server refuses the definition while status.storedVersions lists ${name}; store all objects in another version and take ${name} from the list first`
      : `${name} is not there then: who uses it can no longer read or write the objects, and the API server refuses the definition if status.storedVersions still lists ${name}`,
  }));
  if (storedNow === undefined || storedThen === undefined || storedNow === storedThen) return losses;
  if (gone.some(({ name }) => name === storedNow)) return losses;
  return [
    ...losses,
    {
      kind: "stored-version",
      manifest,
      message: `objects were stored as ${storedNow} since, and will be stored as ${storedThen}: fields that ${storedThen} lacks are lost when they are written again`,
    },
  ];
}

interface Version {
  readonly name: string;
  readonly stored: boolean;
}

function versionsOf(definition: JsonObject): readonly Version[] {
  const versions = valueAt(definition, ["spec", "versions"]);
  if (!Array.isArray(versions)) return [];
  return versions.flatMap((version) => {
    if (!isObject(version) || typeof version["name"] !== "string") return [];
    return [{ name: version["name"], stored: version["storage"] === true }];
  });
}

function storedIn(versions: readonly Version[]): string | undefined {
  return versions.find(({ stored }) => stored)?.name;
}
