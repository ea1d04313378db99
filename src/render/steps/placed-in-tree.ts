import type { TreeFiles } from "../files/tree-files.ts";
import type { SourcePlace } from "../unit.ts";
import type { Entry } from "./failure.ts";
import type { StepPlaces, StepRendering, UnkeyedStep } from "./step.ts";

type Step = Omit<UnkeyedStep, "used" | "referredAt">;

/**
 * The same step, with every place in what servers have replaced by the line of the tree that refers to it: a person can
 * change nothing else.
 */
export function placedInTree(step: Step, files: TreeFiles, referredAt: UnkeyedStep["referredAt"], entry: Entry): Step {
  if (step.fetched === undefined || step.fetched.length === 0) return step;
  const isFetched = (path: string): boolean => files.fetchedAt(path) !== undefined;
  const lineFor = async (path: string): Promise<Entry> => (await referredAt?.(path)) ?? entry;
  const moved = async <Item extends { readonly path?: string; readonly line?: number }>(
    items: readonly Item[],
    say: (item: Item, where: string) => Item,
  ): Promise<readonly Item[]> =>
    Promise.all(
      items.map(async (item) => {
        const { path } = item;
        if (path === undefined || !isFetched(path)) return item;
        const where = item.line === undefined ? inner(path, files) : `${inner(path, files)}, line ${item.line}`;
        return { ...say(item, where), ...(await lineFor(path)) };
      }),
    );
  const renderingIn = async (rendering: StepRendering): Promise<StepRendering> => {
    if (rendering.kind === "failed")
      return {
        ...rendering,
        problems: await moved(rendering.problems, (one, where) => ({ ...one, message: `${where}: ${one.message}` })),
      };
    return {
      ...rendering,
      accounts: rendering.accounts.filter((path) => !isFetched(path)),
      gaps: await moved(rendering.gaps, (one, where) => ({ ...one, reason: `${where}: ${one.reason}` })),
      objects: await Promise.all(
        rendering.objects.map(async (object) => {
          const { position, ...rest } = object;
          if (position === undefined || !isFetched(position.path)) return object;
          const at = await referredAt?.(position.path);
          return at === undefined ? rest : { ...rest, position: { ...at, document: 0, pointer: "" } };
        }),
      ),
    };
  };
  return {
    ...step,
    render: async () => renderingIn(await step.render()),
    async places(rendering): Promise<StepPlaces> {
      const found = await step.places(rendering);
      const lines = new Map<string, Entry>();
      for (const { directory } of step.fetched ?? []) lines.set(directory, await lineFor(directory));
      return {
        place(object, pointer): SourcePlace | undefined {
          const place = found.place(object, pointer);
          const at = place === undefined ? undefined : lines.get(files.fetchedAt(place.path) ?? "");
          if (at === undefined) return place;
          const { path, line } = at;
          return { path, place: { line, column: 1, endLine: line }, precision: "source" };
        },
      };
    },
  };
}

/** A path within what a server has, as people know it there. */
function inner(path: string, files: TreeFiles): string {
  const directory = files.fetchedAt(path) ?? "";
  return path.slice(directory.length + 1);
}
