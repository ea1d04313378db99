import { readFile } from "../render/files/read-file.ts";
import { cleanPath } from "../render/files/scope.ts";
import type { DesiredState } from "../render/desired-state.ts";
import type { Unit } from "../render/unit.ts";
import { inert } from "../report/inert-text.ts";
import { tell, withDesiredState, type DesiredSubject } from "./desired-subject.ts";
import { UsageError } from "./usage-error.ts";

/** Runs `portcullis render`: the YAML stream on stdout, everything else on stderr. Returns the exit code. */
export async function renderCommand(
  sources: readonly string[],
  options: { readonly config?: string; readonly offline?: boolean },
): Promise<number> {
  return withDesiredState([], options, async (subject) => {
    const whole = sources.length === 0 ? await subject.whole() : undefined;
    const asked = whole === undefined ? await chosen(sources, subject) : all(whole);
    const parts: string[] = [];
    let complete = true;
    for (const unit of asked.units) {
      const { yaml, problems, gaps } = await unit.render();
      subject.progress.clear();
      tell(problems);
      for (const { path, line, reason } of gaps)
        process.stderr.write(`not rendered: ${inert(`${unit.source.id} (${path}:${line}): ${reason}`)}\n`);
      complete &&= problems.length === 0 && gaps.length === 0;
      if (yaml !== "") parts.push(yaml);
    }
    for await (const { path, bytes } of subject.tree.readAll(asked.files)) {
      const { manifests, problems } = readFile(path, bytes);
      subject.progress.clear();
      tell(problems);
      complete &&= problems.length === 0;
      if (manifests.length > 0) parts.push(new TextDecoder().decode(bytes));
    }
    subject.progress.clear();
    tell(whole?.problems ?? []);
    await new Promise<void>((done) => process.stdout.write(stream(parts), () => done()));
    return complete && (whole?.problems ?? []).length === 0 ? 0 : 2;
  });
}

interface Asked {
  readonly units: readonly Unit[];
  /** Plain files; those with manifests are printed unchanged. */
  readonly files: readonly string[];
}

function all({ units, files }: DesiredState): Asked {
  return { units, files: files.filter(({ role }) => role.kind === "plain").map(({ entry }) => entry.path) };
}

async function chosen(names: readonly string[], { config, whole, only, root }: DesiredSubject): Promise<Asked> {
  const units: Unit[] = [];
  for (const name of names) {
    const path = cleanPath(name);
    // A root prints the same whatever else the tree holds, unless `apply:` lists it with options of its own.
    const alone = config.apply === undefined ? await root(path) : undefined;
    let found = alone === undefined ? [] : named(alone, name, path);
    if (found.length === 0) found = named(await whole(), name, path);
    // A base is not a root, but a user who names it wants it rendered by itself.
    if (found.length === 0) found = named(await only([path]), name, path);
    if (found.length === 0) {
      throw new UsageError(`${name}: no source has this name; run portcullis graph to list them`);
    }
    units.push(...found);
  }
  return { units: [...new Set(units)], files: [] };
}

function named({ units }: DesiredState, name: string, path: string): readonly Unit[] {
  return units.filter(({ source }) => source.id === name || source.id === (path === "" ? "." : path));
}

/** Joins YAML documents, with a separator between two parts unless the second starts with one. */
function stream(parts: readonly string[]): string {
  return parts
    .map((part, index) => {
      const ended = part.endsWith("\n") || index === parts.length - 1 ? part : `${part}\n`;
      return index === 0 || ended.startsWith("---") ? ended : `---\n${ended}`;
    })
    .join("");
}
