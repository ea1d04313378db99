import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE } from "../config/config-file.ts";
import { openRemotes } from "../engine/open-remotes.ts";
import type { RemoteReference } from "../model/remotes.ts";
import { inert } from "../report/inert-text.ts";
import { tell } from "./desired-subject.ts";
import { configurationOnDisk } from "./read-configuration.ts";
import { noVersions } from "./policy-fetcher.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis update`. */
export interface UpdateOptions {
  readonly config?: string;
  /** Write nothing: exit with 1 where something is newer. */
  readonly check?: boolean;
}

/** A reference split into what stays and what says which content it is. */
interface Renewable {
  readonly written: string;
  readonly latest: RemoteReference;
  /** The same with another digest or commit. */
  readonly renewed: (content: { readonly version: string; readonly digest: string }) => string;
}

/**
 * Runs `portcullis update`: `extends:` and every entry of `policies:` that names a tag, a branch or a URL elsewhere gets the digest or commit
 * that it has now. Only those texts of portcullis.yaml change. Returns the exit code.
 */
export async function updateCommand(options: UpdateOptions): Promise<number> {
  const { config, source, tree, problems } = await configurationOnDisk(options.config, process.cwd(), {
    alone: true,
  });
  if (source === undefined) throw new UsageError(`there is no ${CONFIG_FILE} here; expected one that names policies`);
  const entries = [...config.extends, ...config.policies].flatMap((written) => renewable(written) ?? []);
  if (problems.length > 0) {
    tell(problems);
    return 2;
  }
  if (entries.length === 0) {
    process.stdout.write("neither extends: nor an entry of policies: names anything elsewhere\n");
    return 0;
  }
  const remotes = openRemotes(config.remotes, { versions: noVersions });
  if (remotes === undefined) throw new UsageError("remotes.fetch is off, so nothing is asked for");
  const path = join(tree.name, source.path.split("/").at(-1) ?? CONFIG_FILE);
  let text = readFileSync(path, "utf8");
  let changed = 0;
  for (const { written, latest, renewed } of entries) {
    const outcome = await remotes.fetch(latest);
    if (outcome.kind !== "found") {
      process.stderr.write(`error: ${inert(`${written}: ${outcome.message}`)}\n`);
      return 2;
    }
    const now = renewed(outcome.content);
    if (now === written) {
      process.stdout.write(`unchanged ${inert(written)}\n`);
      continue;
    }
    changed += 1;
    text = text.replaceAll(written, now);
    process.stdout.write(`${options.check === true ? "newer" : "updated"}   ${inert(now)}\n`);
  }
  if (options.check === true) return changed > 0 ? 1 : 0;
  if (changed > 0) writeFileSync(path, text);
  return 0;
}

/** What a reference that need not be pinned yet refers to; undefined for paths, profiles, and what names no tag or branch. */
function renewable(written: string): Renewable | undefined {
  const [, address = "", tag = ""] =
    /^(oci(?:\+http)?:\/\/[^@]*\/[^/:@]+):([^/:@]+)(?:@sha256:[0-9a-f]{64})?$/.exec(written) ?? [];
  if (address !== "")
    return {
      written,
      latest: { kind: "artifact", url: address, tag },
      renewed: ({ digest }) => `${address}:${tag}@${digest}`,
    };
  const [, url = "", directory = "", branch = ""] =
    /^(git\+(?:https?|ssh):\/\/.+?|git@[^/]+?)(\/\/[^?#]*)?(?:\?ref=[0-9a-f]*)?#([^#?]+)$/.exec(written) ?? [];
  if (url !== "")
    return {
      written,
      latest: { kind: "git", url: url.replace(/^git\+/, ""), revision: { kind: "any", value: branch } },
      renewed: ({ version }) => `${url}${directory}?ref=${version}#${branch}`,
    };
  const [, file = ""] = /^(https?:\/\/[^@?#]+\.(?:tar\.gz|tgz|ya?ml))(?:@sha256:[0-9a-f]{64})?$/.exec(written) ?? [];
  if (file === "") return undefined;
  return { written, latest: { kind: "file", url: file }, renewed: ({ digest }) => `${file}@${digest}` };
}
