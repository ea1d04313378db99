import type { Pointer } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { Renderer } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import type { Scopes } from "../crd-scopes.ts";
import type { KustomizationNodes } from "../kustomizations/kustomization-graph.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { SourcePlace } from "../unit.ts";

/** What steps are rendered with. */
export interface RenderContext {
  readonly files: TreeFiles;
  readonly nodes: KustomizationNodes;
  readonly renderer: Renderer;
  readonly scopes: Scopes;
  /** `helm.vendor` of the configuration. */
  readonly vendor: string | undefined;
}

/** One thing that a step looks for in the tree: a file with the id of its content, or, without one, a path where nothing stands. */
export interface Read {
  readonly path: string;
  readonly id: string | undefined;
}

/** What a step gives, as plain data that is kept in the cache. */
export type StepRendering =
  | {
      readonly kind: "rendered";
      readonly objects: readonly RenderedObject[];
      /** As the tool printed it. */
      readonly yaml: string;
      /** Files of the tree that are accounted for by these objects: whole objects in them have all arrived. */
      readonly accounts: readonly string[];
      readonly gaps: readonly Omit<Gap, "source">[];
      /** What positions need besides the files. */
      readonly trace: unknown;
    }
  | {
      readonly kind: "failed";
      readonly problems: readonly Problem[];
      /** A limit ended it: the same may succeed another time. */
      readonly transient?: true;
    };

/** A step whose reads are known, and that is not rendered yet. */
export interface PlannedStep {
  /** Everything but contents that the result depends on, as text. */
  readonly options: string;
  readonly reads: readonly Read[];
  /** Known without rendering: then there is nothing to render. */
  readonly problems: readonly Problem[];
  /** Known without rendering. */
  readonly gaps: readonly Omit<Gap, "source">[];
  /** A gap leaves nothing to render. */
  readonly stopped?: true;
  render(): Promise<StepRendering>;
  /** Where values of rendered objects come from; `files` are read anew, so that nothing large is kept. */
  places(rendering: StepRendering & { readonly kind: "rendered" }): Promise<StepPlaces>;
}

export interface StepPlaces {
  /** By index in `objects`; undefined where only the source's entry is known. */
  place(object: number, pointer: Pointer): SourcePlace | undefined;
}

/** What a step gives that a gap leaves nothing of. */
export const nothing: StepRendering = { kind: "rendered", objects: [], yaml: "", accounts: [], gaps: [], trace: null };
