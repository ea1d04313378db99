import { toJsonText } from "../../manifest/json-text.ts";
import { readFile } from "../files/read-file.ts";
import type { ObjectsStep } from "../plan.ts";
import { readRendered } from "../rendered-objects.ts";
import type { Entry } from "./entry.ts";
import { failure, unreadable } from "./failure.ts";
import { finish } from "./finish.ts";
import type { RenderContext, StepRendering, UnkeyedStep } from "./step.ts";

/** Prepares objects that are known as they are. */
export function objectsStep(step: ObjectsStep, context: RenderContext, entry: Entry): UnkeyedStep {
  const { files } = context;
  return {
    reads: [],
    problems: [],
    gaps: [],
    render: () => render(step, context, entry),
    places: async (rendering) => {
      const paths = rendering.objects.flatMap(({ position }) => (position === undefined ? [] : [position.path]));
      const texts = new Map(
        [...(await files.read(new Set(paths)))].map(([path, bytes]) => [path, readFile(path, bytes)]),
      );
      return {
        place(at, pointer) {
          const position = rendering.objects[at]?.position;
          const text = position === undefined ? undefined : texts.get(position.path);
          if (position === undefined || text === undefined) return undefined;
          return { path: position.path, place: text.place(position, pointer) };
        },
      };
    },
  };
}

async function render(step: ObjectsStep, context: RenderContext, entry: Entry): Promise<StepRendering> {
  const finished = await finish(
    step.objects.map(({ value }) => toJsonText(value)),
    step.finish,
    context,
  );
  if (finished.kind === "failed") return failure(finished.outcome, { path: undefined, entry, files: context.files });
  const reading = readRendered(finished.documents.map(({ text }) => text));
  if (reading.kind === "unreadable") return unreadable(reading.message, entry);
  return {
    kind: "rendered",
    objects: reading.objects.map((object) => {
      const position = step.objects[finished.documents[object.document]?.from ?? -1]?.position;
      return position === undefined ? object : { ...object, position };
    }),
    yaml: finished.documents.map(({ text }) => `${text.trimEnd()}\n`).join("---\n"),
    accounts: [],
    gaps: [],
    trace: null,
  };
}
