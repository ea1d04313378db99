import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOnce } from "./make-once.ts";

/** Below the system's directory for temporary files, as `npm ci` deletes what lies in node_modules. */
const BUILT = join(tmpdir(), "portcullis-go-programs");

export interface GoProgram {
  readonly name: string;
  /** The directory with its go.mod. */
  readonly sources: string;
  /** What is built there; default: the module itself. */
  readonly target?: string;
  readonly linkerFlags?: string;
  /** What is skipped without it, as the subject of "need Go". */
  readonly tests: string;
}

/** The path of a program built with Go, once for each state of its sources; undefined, with a line on stderr, without Go. */
export async function goProgram(program: GoProgram): Promise<string | undefined> {
  const { name, sources, target = ".", linkerFlags = "", tests } = program;
  const hash = createHash("sha256").update(JSON.stringify([target, linkerFlags]));
  for (const file of readdirSync(sources).toSorted())
    hash.update(`${file}\n`).update(readFileSync(join(sources, file)));
  try {
    return await makeOnce(join(BUILT, `${name}-${hash.digest("hex").slice(0, 16)}`), (draft) => {
      const flags = linkerFlags === "" ? [] : [`-ldflags=${linkerFlags}`];
      const { status, stderr, error } = spawnSync("go", ["build", "-trimpath", ...flags, "-o", draft, target], {
        cwd: sources,
        encoding: "utf8",
        env: { ...process.env, GOFLAGS: "-buildvcs=false" },
      });
      if (status !== 0) throw error ?? new Error(stderr.trim().slice(-300));
    });
  } catch (error) {
    process.stderr.write(`SKIPPED: ${tests} need Go (${error instanceof Error ? error.message : String(error)})\n`);
    return undefined;
  }
}
