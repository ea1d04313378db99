import type { TreeFiles } from "../files/tree-files.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";
import type { Entry, EntryPlace } from "./entry.ts";
import type { StepPlaces, StepRendering, UnkeyedStep } from "./step.ts";

type Step = Omit<UnkeyedStep, "used" | "referredAt">;

/** What refers to a directory of what servers have, and how people write that. */
export interface Referring {
  readonly at: Entry | EntryPlace;
  readonly reference: string;
}

/** The document of a position that is only a line: the object has no text of its own in that file. */
const noDocument = -1;

/**
 * The same step, with every place in what servers have replaced by the one in the tree that refers to it: a person can
 * change nothing else.
 */
export function placedInTree(step: Step, files: TreeFiles, referring: ReadonlyMap<string, Referring>): Step {
  if (referring.size === 0) return step;
  const referringTo = (path: string): Referring | undefined => referring.get(files.fetchedAt(path) ?? "");
  const inner = (path: string): string => path.slice((files.fetchedAt(path) ?? "").length + 1);
  const moved = <Item extends { readonly path?: string; readonly line?: number }>(
    items: readonly Item[],
    say: (item: Item, where: string) => Item,
  ): readonly Item[] =>
    items.map((item) => {
      const by = item.path === undefined ? undefined : referringTo(item.path);
      if (item.path === undefined || by === undefined) return item;
      const where = item.line === undefined ? inner(item.path) : `${inner(item.path)}, line ${item.line}`;
      return { ...say(item, where), path: by.at.path, line: by.at.line };
    });
  const sayProblem = <Item extends { readonly message: string }>(one: Item, where: string): Item => ({
    ...one,
    message: `${where}: ${one.message}`,
  });
  const sayGap = <Item extends { readonly reason: string }>(one: Item, where: string): Item => ({
    ...one,
    reason: `${where}: ${one.reason}`,
  });
  const movedObject = (object: RenderedObject): RenderedObject => {
    const { position } = object;
    const by = position === undefined ? undefined : referringTo(position.path);
    if (position === undefined || by === undefined) return object;
    const directory = files.fetchedAt(position.path) ?? "";
    return {
      ...object,
      position: { path: by.at.path, line: by.at.line, document: noDocument, pointer: "" },
      fetched: { directory, path: inner(position.path), line: position.line },
    };
  };
  const renderingIn = (rendering: StepRendering): StepRendering => {
    if (rendering.kind === "failed") return { ...rendering, problems: moved(rendering.problems, sayProblem) };
    return {
      ...rendering,
      accounts: rendering.accounts.filter((path) => referringTo(path) === undefined),
      gaps: moved(rendering.gaps, sayGap),
      objects: rendering.objects.map(movedObject),
    };
  };
  return {
    ...step,
    problems: moved(step.problems, sayProblem),
    gaps: moved(step.gaps, sayGap),
    render: async () => renderingIn(await step.render()),
    async places(rendering): Promise<StepPlaces> {
      const found = await step.places(rendering);
      return {
        ...found,
        place(object, pointer): SourcePlace | undefined {
          const place = found.place(object, pointer);
          const by = place === undefined ? undefined : referringTo(place.path);
          if (place !== undefined && by !== undefined)
            return placeOf(by, { path: inner(place.path), line: place.place.line });
          const own = rendering.objects[object]?.fetched;
          const ofOwn = own === undefined ? undefined : referring.get(own.directory);
          if (own === undefined || ofOwn === undefined) return place;
          const { path, line } = own;
          if (place === undefined) return placeOf(ofOwn, { path, line });
          // Of a value that the tree sets, nothing else need be known.
          if (place.precision !== "source") return place;
          return { ...place, fetched: { reference: ofOwn.reference, path, line } };
        },
      };
    },
  };
}

function placeOf({ at, reference }: Referring, within: { readonly path: string; readonly line: number }): SourcePlace {
  const column = "column" in at ? at.column : 1;
  return {
    path: at.path,
    place: { line: at.line, column, endLine: at.line },
    precision: "source",
    fetched: { reference, ...within },
  };
}
