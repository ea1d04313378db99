import type { TreeFiles } from "../files/tree-files.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";
import type { Entry } from "./entry.ts";
import type { StepPlaces, StepRendering, UnkeyedStep } from "./step.ts";

type Step = Omit<UnkeyedStep, "used" | "referredAt">;

/** The line of the tree that refers to each directory of what servers have. */
export type ReferringLines = ReadonlyMap<string, Entry>;

/** The line that refers to an object's own text, where servers have that. */
function ownLine(object: RenderedObject | undefined): Entry | undefined {
  const { position } = object ?? {};
  return position?.document === noDocument ? position : undefined;
}

/** The document of a position that is only a line: the object has no text of its own in that file. */
const noDocument = -1;

/**
 * The same step, with every place in what servers have replaced by the line of the tree that refers to it: a person can
 * change nothing else.
 */
export function placedInTree(step: Step, files: TreeFiles, lines: ReferringLines): Step {
  if (lines.size === 0) return step;
  const lineFor = (path: string): Entry | undefined => lines.get(files.fetchedAt(path) ?? "");
  const moved = <Item extends { readonly path?: string; readonly line?: number }>(
    items: readonly Item[],
    say: (item: Item, where: string) => Item,
  ): readonly Item[] =>
    items.map((item) => {
      const at = item.path === undefined ? undefined : lineFor(item.path);
      if (item.path === undefined || at === undefined) return item;
      const inner = item.path.slice((files.fetchedAt(item.path) ?? "").length + 1);
      return { ...say(item, item.line === undefined ? inner : `${inner}, line ${item.line}`), ...at };
    });
  const sayProblem = <Item extends { readonly message: string }>(one: Item, where: string): Item => ({
    ...one,
    message: `${where}: ${one.message}`,
  });
  const sayGap = <Item extends { readonly reason: string }>(one: Item, where: string): Item => ({
    ...one,
    reason: `${where}: ${one.reason}`,
  });
  const renderingIn = (rendering: StepRendering): StepRendering => {
    if (rendering.kind === "failed") return { ...rendering, problems: moved(rendering.problems, sayProblem) };
    return {
      ...rendering,
      accounts: rendering.accounts.filter((path) => lineFor(path) === undefined),
      gaps: moved(rendering.gaps, sayGap),
      objects: rendering.objects.map((object) => {
        const at = object.position === undefined ? undefined : lineFor(object.position.path);
        return at === undefined ? object : { ...object, position: { ...at, document: noDocument, pointer: "" } };
      }),
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
        place(object, pointer): SourcePlace | undefined {
          const place = found.place(object, pointer);
          const at = place === undefined ? ownLine(rendering.objects[object]) : lineFor(place.path);
          if (at === undefined) return place;
          return { path: at.path, place: { line: at.line, column: 1, endLine: at.line }, precision: "source" };
        },
      };
    },
  };
}
