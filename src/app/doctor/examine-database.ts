import type { Diagnosis } from "../../model/diagnosis.ts";
import { inspectStore, type StoreInspection } from "../../store/inspect.ts";
import { causeOf } from "../error-for-log.ts";
import type { Clinic } from "./clinic.ts";
import { failure, ok, warning } from "./diagnosis.ts";

/** Before it, PostgreSQL lacks what the queue uses. */
const OLDEST_SERVER = 15;

/** Whether the database can be opened and fits this program. */
export async function examineDatabase({ settings }: Pick<Clinic, "settings">): Promise<readonly Diagnosis[]> {
  const embedded = settings.databaseUrl === undefined;
  let inspection: StoreInspection;
  try {
    inspection = await inspectStore({ ...settings, deadline: settings.judgeDeadline });
  } catch (error) {
    return [
      failure(
        "database/unopened",
        `${embedded ? "the embedded database" : "the database of DATABASE_URL"} cannot be opened: ${causeOf(error)}`,
        embedded
          ? "restore it from a backup (docs/upgrading.md)"
          : "check DATABASE_URL, the network and the user's rights",
      ),
    ];
  }
  switch (inspection.kind) {
    case "in use":
      return [ok("database/in-use", "a running server uses the embedded database, so it is not opened here")];
    case "new":
      return [ok("database/new", "the embedded database is created at the first start")];
    case "open":
      return openDatabase(inspection, embedded);
    default:
      return inspection satisfies never;
  }
}

function openDatabase(
  { server, schema, newest, mayCreate, backlog }: Extract<StoreInspection, { readonly kind: "open" }>,
  embedded: boolean,
): readonly Diagnosis[] {
  const { dead, stuck } = backlog ?? { dead: 0, stuck: 0 };
  const name = embedded ? "the embedded database" : `PostgreSQL ${server}`;
  const diagnoses: Diagnosis[] = [];
  if (!embedded && Number.parseInt(server, 10) < OLDEST_SERVER)
    diagnoses.push(failure("database/old", `PostgreSQL ${server} is too old`, `use ${OLDEST_SERVER} or newer`));
  if (schema > newest)
    diagnoses.push(
      failure(
        "database/newer",
        `the schema is at version ${schema}, and this program knows up to ${newest}`,
        "start a newer Portcullis, or restore a backup from before the upgrade (docs/upgrading.md)",
      ),
    );
  if (schema < newest && !mayCreate)
    diagnoses.push(
      failure(
        "database/rights",
        "the schema must be migrated, and the user of DATABASE_URL may not create schemas",
        "grant it CREATE on the database",
      ),
    );
  if (diagnoses.length === 0)
    diagnoses.push(
      schema === newest
        ? ok("database/ready", `${name} opens; its schema is up to date (version ${schema})`)
        : ok(
            "database/migrates",
            `${name} opens; the next start migrates its schema from version ${schema} to ${newest}`,
          ),
    );
  if (dead > 0)
    diagnoses.push(
      warning(
        "database/dead-deliveries",
        `${dead} deliveries could not be handled and are not tried again`,
        'docs/operations.md, "Deliveries that are given up"',
      ),
    );
  if (stuck > 0)
    diagnoses.push(
      warning(
        "database/stuck",
        `${stuck} checks are in progress for longer than JUDGE_DEADLINE`,
        "look at the log of the server; is it running?",
      ),
    );
  return diagnoses;
}
