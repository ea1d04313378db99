import { contentId } from "../files/content-id.ts";
import { candidates, directoryFiles } from "../argocd/directory-files.ts";
import { isJsonnet } from "../argocd/jsonnet-options.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { ownTexts, type OwnTexts } from "../own-text.ts";
import type { DirectoryStep } from "../plan.ts";
import { readRendered } from "../rendered-objects.ts";
import { splitDocuments } from "../../manifest/split-documents.ts";
import { treeView } from "../files/tree-view.ts";
import { finish } from "./finish.ts";
import type { Entry } from "./entry.ts";
import { failure, unreadable } from "./failure.ts";
import { evaluate, jsonnetFiles, type JsonnetFiles } from "./jsonnet-files.ts";
import { placeInOwnText } from "./own-place.ts";
import { nothing, type StepRendering, type RenderContext, type UnkeyedStep } from "./step.ts";

/** Prepares the manifests of a directory: as they are written, and what its Jsonnet files yield. */
export async function directoryStep(step: DirectoryStep, context: RenderContext, entry: Entry): Promise<UnkeyedStep> {
  const { files } = context;
  const asked = candidates(step, treeView(files));
  const jsonnet = await jsonnetFiles(step, files);
  const isStopped = jsonnet.gaps.length > 0;
  return {
    reads: [...new Set([...asked, ...jsonnet.asked])].map((path) => ({ path, id: contentId(files.fileAt(path)) })),
    problems: jsonnet.problems,
    gaps: jsonnet.gaps,
    ...(isStopped ? { stopped: true as const } : {}),
    render: async () => (isStopped ? nothing : render(step, jsonnet, context, entry)),
    places: async (rendering) => {
      const own = ownTexts(
        await files.read(asked.filter((path) => !isJsonnet(path))),
        (path) => files.fileAt(path)?.path ?? path,
      );
      const asNamed = new Map(asked.map((path) => [files.fileAt(path)?.path ?? path, path]));
      return {
        place(at, pointer) {
          const object = rendering.objects[at];
          const path = asNamed.get(object?.position?.path ?? "");
          if (object?.position === undefined || path === undefined) return undefined;
          // What of a Jsonnet file a value comes from is not known.
          if (isJsonnet(path)) return { path: object.position.path, place: firstLine, precision: "source" };
          return placeInOwnText(object, pointer, own, path);
        },
      };
    },
  };
}

const firstLine = { line: 1, column: 1, endLine: 1 };

/** The document of a position that is only a line: the object has no text of its own in that file. */
const noDocument = -1;

interface Stretch {
  readonly path: string;
  readonly document: number;
  readonly text: string;
}

async function render(
  step: DirectoryStep,
  jsonnet: JsonnetFiles,
  context: RenderContext,
  entry: Entry,
): Promise<StepRendering> {
  const { files } = context;
  const paths = await directoryFiles(step, treeView(files));
  const evaluated = await evaluate(step, jsonnet, context, entry);
  if (evaluated.kind === "failed") return evaluated;
  const bytes = await files.read(paths.filter((path) => !isJsonnet(path)));
  const own = ownTexts(bytes, (path) => files.fileAt(path)?.path ?? path);
  const stretches: Stretch[] = [];
  const accounts = [...evaluated.accounts];
  for (const path of paths) {
    for (const text of evaluated.documents.get(path) ?? []) stretches.push({ path, document: noDocument, text });
    const reading = own.reading(path);
    // A file that cannot be read or is not a manifest is judged, and reported, by itself.
    if (reading === undefined || reading.problems.length > 0 || reading.manifests.length === 0) continue;
    accounts.push(files.fileAt(path)?.path ?? path);
    for (const part of splitDocuments(new TextDecoder().decode(bytes.get(path)))) {
      if (part.kind === "document") stretches.push({ path, document: part.index, text: part.text });
    }
  }
  const finished = await finish(
    stretches.map(({ text }) => text),
    step.finish,
    context,
  );
  if (finished.kind === "failed") return failure(finished.outcome, { path: undefined, entry, files });
  const reading = readRendered(finished.documents.map(({ text }) => text));
  if (reading.kind === "unreadable") return unreadable(reading.message, entry);
  const objects = reading.objects.map((object) => {
    const from = stretches[finished.documents[object.document]?.from ?? -1];
    const position = from === undefined ? undefined : positionIn(from, object.pointer, own, files);
    return position === undefined ? object : { ...object, position };
  });
  return {
    kind: "rendered",
    objects,
    yaml: finished.documents.map(({ text }) => (text.endsWith("\n") ? text : `${text}\n`)).join("---\n"),
    accounts: [...new Set(accounts)].toSorted(),
    gaps: [],
    trace: null,
  };
}

function positionIn({ path, document }: Stretch, pointer: string, own: OwnTexts, files: TreeFiles) {
  if (document === noDocument) return { path: files.fileAt(path)?.path ?? path, line: 1, document, pointer: "" };
  const manifests = (own.reading(path)?.manifests ?? []).filter(({ position }) => position.document === document);
  return (manifests.find(({ position }) => position.pointer === pointer) ?? manifests[0])?.position;
}
