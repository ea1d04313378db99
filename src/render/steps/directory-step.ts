import { contentId } from "../files/content-id.ts";
import { candidates, directoryFiles } from "../argocd/directory-files.ts";
import { ownTexts, type OwnTexts } from "../own-text.ts";
import type { DirectoryStep } from "../plan.ts";
import { readRendered } from "../rendered-objects.ts";
import { splitDocuments } from "../../manifest/split-documents.ts";
import { treeView } from "../files/tree-view.ts";
import { finish } from "./finish.ts";
import type { Entry } from "./entry.ts";
import { failure, unreadable } from "./failure.ts";
import { placeInOwnText } from "./own-place.ts";
import type { StepRendering, RenderContext, UnkeyedStep } from "./step.ts";

/** Prepares the unrendered manifests of a directory. */
export function directoryStep(step: DirectoryStep, context: RenderContext, entry: Entry): UnkeyedStep {
  const { files } = context;
  const asked = candidates(step, treeView(files));
  return {
    reads: asked.map((path) => ({ path, id: contentId(files.fileAt(path)) })),
    problems: [],
    gaps: [],
    render: () => render(step, context, entry),
    places: async (rendering) => {
      const own = ownTexts(await files.read(asked), (path) => files.fileAt(path)?.path ?? path);
      const asNamed = new Map(asked.map((path) => [files.fileAt(path)?.path ?? path, path]));
      return {
        place(at, pointer) {
          const object = rendering.objects[at];
          const path = asNamed.get(object?.position?.path ?? "");
          return object === undefined || path === undefined ? undefined : placeInOwnText(object, pointer, own, path);
        },
      };
    },
  };
}

interface Stretch {
  readonly path: string;
  readonly document: number;
  readonly text: string;
}

async function render(step: DirectoryStep, context: RenderContext, entry: Entry): Promise<StepRendering> {
  const { files } = context;
  const paths = (await directoryFiles(step, treeView(files))).filter((path) => !path.endsWith(".jsonnet"));
  const bytes = await files.read(paths);
  const own = ownTexts(bytes, (path) => files.fileAt(path)?.path ?? path);
  const stretches: Stretch[] = [];
  const accounts: string[] = [];
  for (const path of paths) {
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
    const position = from === undefined ? undefined : positionIn(from, object.pointer, own);
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

function positionIn({ path, document }: Stretch, pointer: string, own: OwnTexts) {
  const manifests = (own.reading(path)?.manifests ?? []).filter(({ position }) => position.document === document);
  return (manifests.find(({ position }) => position.pointer === pointer) ?? manifests[0])?.position;
}
