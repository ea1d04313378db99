import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CLUSTER, CONVENTIONAL } from "../config/named-policies.ts";
import { readPolicyReference } from "../config/policy-reference.ts";
import { isProfile } from "../config/profiles.ts";
import { inert } from "../report/inert-text.ts";
import { libraryTree } from "../tree/library-tree.ts";
import { enrolDirectory } from "./authoring/enrol-directory.ts";
import { readId, scaffold, scaffoldKinds, type ScaffoldKind } from "./authoring/scaffold.ts";
import { displayed } from "./paths.ts";
import { configurationHere } from "./read-configuration.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis new`. */
export interface NewOptions {
  readonly dir?: string;
  readonly kind: string;
  readonly title?: string;
  readonly config?: string;
}

/** Runs `portcullis new policy ID`: writes the files of a policy, and never over existing ones. Returns the exit code. */
export async function newCommand(what: string, id: string, options: NewOptions): Promise<number> {
  if (what !== "policy") throw new UsageError(`new ${what}: expected "new policy category/name"`);
  const read = readId(id);
  if (typeof read === "string") throw new UsageError(`${id}: ${read}`);
  const cwd = process.cwd();
  const place = options.dir === undefined ? await policyDirectory(options, cwd) : { directory: options.dir };
  const directory = join(place.directory, read.category, read.name);
  const title = options.title === undefined ? {} : { title: titleOf(options.title) };
  if (await isShipped(id))
    throw new UsageError(
      `${id}: a policy that ships has this id; see portcullis explain ${id} -p @portcullis/all, or choose another name`,
    );
  const files = Object.entries(scaffold({ ...read, kind: kindOf(options.kind), ...title }));
  const shown = (path: string): string => inert(displayed(join(directory, path), cwd));
  const existing = files.map(([path]) => path).filter((path) => existsSync(join(directory, path)));
  if (existing.length > 0)
    throw new UsageError(`${existing.map(shown).join(", ")}: exists already, and nothing is overwritten`);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { flag: "wx" });
    process.stdout.write(`wrote ${shown(path)}\n`);
  }
  if (place.enrol !== undefined) process.stdout.write(`${place.enrol()}\n`);
  process.stdout.write(`
Next:
  portcullis test ${inert(displayed(directory, cwd))}
  portcullis lint ${inert(displayed(directory, cwd))}
`);
  return 0;
}

/** Whether a policy that ships has this id, which another policy cannot have where both are in force. */
async function isShipped(id: string): Promise<boolean> {
  return (await libraryTree().list()).some(({ path }) => path === `policies/${id}/policy.rego`);
}

function kindOf(given: string): ScaffoldKind {
  const known = Object.keys(scaffoldKinds) as readonly ScaffoldKind[];
  const kind = known.find((one) => one === given);
  if (kind === undefined) throw new UsageError(`--kind ${given}: expected one of ${known.join(", ")}`);
  return kind;
}

function titleOf(given: string): string {
  const title = given.trim();
  if (title === "" || /[\r\n]/.test(title)) throw new UsageError("--title: expected one line of text");
  return title;
}

interface Place {
  readonly directory: string;
  /** Makes the configuration name the directory, which it does not yet; returns what was done, or what is left to do. */
  readonly enrol?: () => string;
}

/** The first directory of policies of the configuration, else ./policies or ./policy. */
async function policyDirectory({ config: named }: NewOptions, cwd: string): Promise<Place> {
  const { config, source, tree, problems } = await configurationHere(named, cwd, { alone: true });
  for (const { path, line, message } of problems)
    throw new UsageError(`${[path, line].filter((part) => part !== undefined).join(":")}: ${message}`);
  const own = config.policies.find((path) => !isProfile(path) && path !== CLUSTER && !isElsewhere(path));
  if (own !== undefined) return { directory: join(tree.name, own) };
  const name = CONVENTIONAL.find((path) => existsSync(join(tree.name, path))) ?? CONVENTIONAL[0];
  const directory = join(tree.name, name);
  if (source === undefined || config.policies.length === 0) return { directory };
  return { directory, enrol: () => enrol(join(tree.name, basename(source.path)), name) };
}

/** Whether new files cannot be written there: it is a file, or not in this repository. */
function isElsewhere(path: string): boolean {
  return /\.(?:rego|tar\.gz|tgz)$/.test(path) || readPolicyReference(path) !== undefined;
}

function enrol(file: string, name: string): string {
  const shown = inert(displayed(file, process.cwd()));
  const text = enrolDirectory(readFileSync(file, "utf8"), name);
  if (text === undefined)
    return `to do: add ${name} to \`policies:\` of ${shown}, and "${name}/**/fixtures/**" to its \`manifests.exclude\``;
  writeFileSync(file, text);
  return `changed ${shown}: it names ${name}/, and leaves out the fixtures in it`;
}
