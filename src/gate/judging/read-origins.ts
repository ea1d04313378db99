import type { Problem } from "../../model/problem.ts";
import type { Tree } from "../../model/tree.ts";
import { tooLarge } from "../../render/files/read-file.ts";
import { readEach, type PathReading } from "../../render/files/read-each.ts";
import { readScoped } from "../../render/files/read-scoped.ts";
import type { ScopedFile } from "../../render/files/role.ts";
import type { Unit } from "../../render/unit.ts";
import { nothing, readByRole, skipped, type ReadRole } from "./read-origin.ts";
import { fileReading, isUnit, targetsOf, unitReading, type Landing, type Origin, type ReadOrigin } from "../reading.ts";

/** Reads the files and renders the units of a tree, each in order, files first. */
export async function* readOrigins(
  tree: Tree,
  origins: readonly Origin[],
  landing: Landing,
): AsyncGenerator<ReadOrigin> {
  yield* readFiles(tree, origins.filter(isFile), landing);
  yield* readUnits(origins.filter(isUnit));
}

/** Reads files of a tree, each according to its role. */
async function* readFiles(tree: Tree, files: readonly ScopedFile[], landing: Landing): AsyncGenerator<ReadOrigin> {
  const readings = readEach(
    tree,
    files.filter(isRead).map(({ entry }) => entry.path),
  );
  for (const file of files) {
    const { role } = file;
    const { path, size } = file.entry;
    if (role.kind === "skip") yield skipped(file, role);
    else if (role.kind === "rendered") yield { kind: "done", of: file, state: "rendered", judged: nothing };
    else if (role.kind === "problem") {
      yield failed(file, { stage: "read", path, message: role.message });
    } else if (tooLarge(size) !== undefined) {
      yield failed(file, { stage: "read", path, line: 1, message: tooLarge(size) ?? "" });
    } else {
      const next = await readings.next();
      if (next.done === true) throw new Error(`the tree did not answer for ${path}`);
      yield readOne(file, role, next.value, landing);
    }
  }
}

/** Whether an origin is a file and not a unit. */
export function isFile(of: Origin): of is ScopedFile {
  return !isUnit(of);
}

/** Whether what a file holds is asked for. */
export function isRead({ entry, role }: ScopedFile): boolean {
  const unread = role.kind === "skip" || role.kind === "problem" || role.kind === "rendered";
  return !unread && tooLarge(entry.size) === undefined;
}

function readOne(file: ScopedFile, role: ReadRole, got: PathReading, landing: Landing): ReadOrigin {
  const { path } = file.entry;
  if (got.kind === "failed") return failed(file, { stage: "read", path, message: got.message });
  return readByRole(file, readScoped(path, role, got.bytes), (reading) =>
    fileReading(reading, targetsOf(file, landing), landing),
  );
}

/** Units that are rendered ahead while others are judged. */
const ahead = 4;

async function* readUnits(units: readonly Unit[]): AsyncGenerator<ReadOrigin> {
  const underWay: ReturnType<Unit["render"]>[] = [];
  for (const [index, unit] of units.entries()) {
    for (const next of units.slice(index + underWay.length, index + ahead)) underWay.push(next.render());
    const rendered = await underWay.shift();
    if (rendered === undefined) throw new Error(`${unit.source.id} was not rendered`);
    yield { kind: "read", of: unit, state: rendered.state, reading: unitReading(unit, rendered) };
  }
}

function failed(of: ScopedFile, problem: Problem): ReadOrigin {
  return { kind: "done", of, state: "failed", judged: { ...nothing, problems: [problem] } };
}
