import type { Config } from "../../model/config.ts";
import type { Pointer } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { Renderer } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import type { ChartQuestions } from "../charts/chart-questions.ts";
import type { BundledSchema } from "../charts/values-schemas.ts";
import type { VendoredCharts, VendoredCopy } from "../charts/vendored-chart.ts";
import type { ClusterProfiles } from "../cluster-profile.ts";
import type { Scopes } from "../crd-scopes.ts";
import type { Facts } from "../kept-values.ts";
import type { Artifacts } from "../flux/artifacts.ts";
import type { KustomizationNodes } from "../kustomizations/kustomization-graph.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { Step } from "../plan.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { FetchedDirectory, RemoteDirectories } from "../remotes/remote-directories.ts";
import type { SourcePlace } from "../unit.ts";
import type { EntryPlace } from "./entry.ts";

/** What rendering a step needs. */
export interface RenderContext {
  readonly files: TreeFiles;
  readonly nodes: KustomizationNodes;
  readonly renderer: Renderer;
  readonly scopes: Scopes;
  readonly profiles: ClusterProfiles;
  readonly config: Config;
  readonly vendor: VendoredCharts | undefined;
  readonly remotes: RemoteDirectories;
  readonly artifacts: Artifacts;
  /** What charts ask, by their content. */
  readonly questions: Facts<ChartQuestions>;
  /** Schemas of values with what they refer to, by the content of the chart's file. */
  readonly schemas: Facts<BundledSchema>;
}

/** One path that a step looks up: a file with the id of its content, or without an id a path where no file is. */
export interface Read {
  readonly path: string;
  readonly id: string | undefined;
}

/** The result of rendering a step: plain data, since it is cached. */
export type StepRendering =
  | {
      readonly kind: "rendered";
      readonly objects: readonly RenderedObject[];
      /** As the tool printed it. */
      readonly yaml: string;
      /** The files of the tree that these objects account for: every object in them that applies alone is in the output. */
      readonly accounts: readonly string[];
      readonly gaps: readonly Omit<Gap, "source">[];
      /** Nothing of it is known: a gap tells why. */
      readonly unknown?: true;
      /** What it yields may depend on the API versions that a cluster serves. */
      readonly asksApiVersions?: true;
      /** Data for finding places, besides the files. */
      readonly trace: unknown;
    }
  | {
      readonly kind: "failed";
      readonly problems: readonly Problem[];
      /** A limit ended it: it may succeed next time. */
      readonly transient?: true;
    };

/** `transient`: a limit ended what finds places, which may succeed next time. */
export interface Transient {
  readonly transient?: true;
}

/** A step whose reads are known and that can be rendered. */
export interface PlannedStep {
  /** Digest of everything the result and its places depend on besides file contents. */
  readonly options: string;
  /** The same without where options are written. */
  readonly inputs: string;
  readonly reads: readonly Read[];
  /** Digest of these. */
  readonly content: string;
  /** Problems known without rendering; then the step is not rendered. */
  readonly problems: readonly Problem[];
  /** Known without rendering. */
  readonly gaps: readonly Omit<Gap, "source">[];
  /** What it renders in place of something that only a server has. */
  readonly copies?: readonly VendoredCopy[];
  /** What servers have and it renders. */
  readonly fetched?: readonly FetchedDirectory[];
  /** A gap leaves nothing to render. */
  readonly stopped?: true;
  render(): Promise<StepRendering>;
  /** Finds where values of rendered objects come from. Files are read again, so that nothing large is kept. */
  places(rendering: StepRendering & { readonly kind: "rendered" }): Promise<StepPlaces>;
}

/** A step before its options are known as text. */
export interface UnkeyedStep extends Omit<PlannedStep, "options" | "inputs" | "content"> {
  /** The step without what it makes no use of; absent: it uses all. */
  readonly used?: Step;
  /** The place in the tree that refers to a directory of what servers have; without an answer it is the source's entry. */
  readonly referredAt?: (directory: string) => Promise<EntryPlace | undefined>;
}

export interface StepPlaces extends Transient {
  /** The place of a value of the object at an index of `objects`; undefined where only the source's entry is known. */
  place(object: number, pointer: Pointer): SourcePlace | undefined;
}

/** The rendering of a step that a gap leaves empty. */
export const nothing: StepRendering & { readonly kind: "rendered" } = {
  kind: "rendered",
  objects: [],
  yaml: "",
  accounts: [],
  gaps: [],
  trace: null,
};
