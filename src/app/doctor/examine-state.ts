import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Diagnosis } from "../../model/diagnosis.ts";
import type { Clinic } from "./clinic.ts";
import { failure, ok, warning } from "./diagnosis.ts";

const GIB = 2 ** 30;
/** A mirror of a large repository with its compiled policies, and room to fetch it anew. */
const LITTLE = 5 * GIB;
const TOO_LITTLE = GIB;

/** Whether STATE_DIR can be written to and has room. */
export async function examineState({ settings }: Clinic): Promise<readonly Diagnosis[]> {
  const { stateDir } = settings;
  const present = await nearestPresent(stateDir);
  try {
    await access(present, constants.W_OK | constants.X_OK);
  } catch {
    return [
      failure(
        "state/unwritable",
        `this user cannot write to ${present}`,
        "make STATE_DIR a directory of the user that runs the server, and run portcullis doctor as that user",
      ),
    ];
  }
  const { bavail, bsize } = await statfs(present);
  const free = bavail * bsize;
  const text = `${(free / GIB).toFixed(1)} GiB are free for STATE_DIR (${stateDir})`;
  const next = "make room: mirrors of repositories and renderings are kept there";
  if (free < TOO_LITTLE) return [failure("state/full", text, next)];
  return [free < LITTLE ? warning("state/little-room", text, next) : ok("state/room", text)];
}

async function nearestPresent(directory: string): Promise<string> {
  const present = await access(directory).then(
    () => true,
    () => false,
  );
  const parent = dirname(directory);
  return present || parent === directory ? directory : nearestPresent(parent);
}
