import { refSha } from "./refs.ts";
import { git } from "./run.ts";

/** Text or bytes; null removes the file; a symlink, a submodule or another mode when a test needs one. */
type FileContent =
  | string
  | Uint8Array
  | null
  | { readonly symlink: string }
  | { readonly submodule: string }
  | { readonly executable: string };
export type Files = Readonly<Record<string, FileContent>>;

export interface CommitRequest {
  readonly branch: string;
  readonly files: Files;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Default: the author. */
  readonly committer?: { readonly name: string; readonly email: string };
  readonly at: Date;
  /** The commit to build on; default the branch's tip. Null: a new root. */
  readonly parent?: string | null;
}

function entry(path: string, content: FileContent): Buffer {
  const quoted = JSON.stringify(path);
  if (content === null) return Buffer.from(`D ${quoted}\n`);
  if (typeof content === "object" && "submodule" in content)
    return Buffer.from(`M 160000 ${content.submodule} ${quoted}\n`);
  const [mode, data] =
    typeof content === "string" || content instanceof Uint8Array
      ? ["100644", content]
      : "symlink" in content
        ? ["120000", content.symlink]
        : ["100755", content.executable];
  const bytes = typeof data === "string" ? Buffer.from(data) : Buffer.from(data);
  return Buffer.concat([Buffer.from(`M ${mode} inline ${quoted}\ndata ${bytes.length}\n`), bytes, Buffer.from("\n")]);
}

/** Adds one commit to a branch of a bare repository and answers its id; one Git process whatever the number of files. */
export async function commitFiles(directory: string, request: CommitRequest): Promise<string> {
  const ref = `refs/heads/${request.branch}`;
  const parent = request.parent === undefined ? await refSha(directory, ref) : (request.parent ?? undefined);
  const message = Buffer.from(request.message);
  const written = ({ name, email }: CommitRequest["author"]): string =>
    `${name} <${email}> ${Math.floor(request.at.getTime() / 1000)} +0000`;
  const [author, committer] = [written(request.author), written(request.committer ?? request.author)];
  const stream = Buffer.concat([
    Buffer.from(`commit ${ref}\nauthor ${author}\ncommitter ${committer}\ndata ${message.length}\n`),
    message,
    Buffer.from(parent === undefined ? "\n" : `\nfrom ${parent}\n`),
    ...Object.entries(request.files).map(([path, content]) => entry(path, content)),
    Buffer.from("\n"),
  ]);
  await git(directory, ["fast-import", "--quiet", "--force", "--date-format=raw"], stream);
  const sha = await refSha(directory, ref);
  if (sha === undefined) throw new Error(`no commit on ${ref}`);
  return sha;
}
