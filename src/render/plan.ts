import type { Json, JsonObject, Pointer } from "../model/json.ts";
import type { Manifest, SourcePosition } from "../model/manifest.ts";
import type { ArtifactChoice, VersionRules } from "../model/remotes.ts";
import type { HelmSet, JsonnetRequest } from "../model/renderer.ts";
import type { Gap, Source } from "../model/source.ts";
import type { ArtifactLayout } from "./flux/artifact-files.ts";
import type { FetchedDirectory } from "./remotes/remote-directories.ts";

/** How one source is rendered. Several steps (Argo CD's `sources`) yield their manifests together. */
export interface Plan {
  readonly source: Source;
  readonly steps: readonly Step[];
  /** What is known not to be rendered. */
  readonly gaps: readonly Gap[];
  /** A gap stands for a part that has no step, so that the manifests are not all that the source yields. */
  readonly incomplete?: true;
  /** What servers have and its steps are in, each with the line that refers to it. */
  readonly fetched?: readonly PlacedFetch[];
  /** Files of the tree that the plan was made from, besides the one that declares the source. */
  readonly reads?: readonly string[];
  /** What the rendered manifests must comply with: part of the unit's key, asked by `projectViolations`. */
  readonly projects?: readonly ProjectLimits[];
}

/** A directory that was fetched, and where the tree refers to it: `line` is any line of the document. */
export interface PlacedFetch {
  readonly fetched: FetchedDirectory;
  readonly at?: WrittenAt;
}

export interface WrittenAt {
  readonly path: string;
  readonly line: number;
  readonly pointer: Pointer;
}

/** The AppProject of an Application and the cluster it deploys to; an unknown name or server is the empty string. */
export interface ProjectLimits {
  readonly manifest: Manifest;
  /** The project as the tree before has it: what a change loosens still limits that change. */
  readonly former?: true;
  readonly destination: { readonly name: string; readonly server: string };
  /** The namespace of the Application itself where the project refuses that: said once, not for every manifest. */
  readonly refused?: string;
}

export type Step = DirectoryStep | KustomizeStep | HelmStep | ObjectsStep;

/** Objects that a GitOps object holds or generates, as they are applied. */
export interface ObjectsStep {
  readonly kind: "objects";
  readonly objects: readonly {
    readonly value: JsonObject;
    /** The template that it was made of: places below its pointer are those of the object. */
    readonly position: SourcePosition;
  }[];
  readonly finish?: Finish;
}

/** The unrendered manifests of a directory, as Argo CD's `directory` source reads them. */
export interface DirectoryStep {
  readonly kind: "directory";
  readonly path: string;
  readonly recurse: boolean;
  readonly include?: string;
  readonly exclude?: string;
  /** Files of any name, not only `.yaml`, `.yml` and `.json`. */
  readonly anyExtension?: boolean;
  /** How its Jsonnet files are evaluated; absent: it has none. */
  readonly jsonnet?: JsonnetOptions;
  readonly finish?: Finish;
}

export interface JsonnetOptions extends Pick<JsonnetRequest, "tlas" | "extVars"> {
  /** Directories of the tree with libraries, the last of which is searched first. */
  readonly libraries: readonly string[];
}

export interface KustomizeStep {
  readonly kind: "kustomize";
  /** Directory of the root. */
  readonly path: string;
  /** What Flux makes of the files before it reads them; absent: nothing. */
  readonly artifact?: ArtifactLayout;
  /** Files that stand in for those of the tree, or are added to it: the kustomization as the GitOps object has it edited. */
  readonly overrides?: ReadonlyMap<string, Uint8Array>;
  /** With `overrides`: what the GitOps object asks for, whatever the tree holds. */
  readonly edits?: JsonObject;
  /** The place in the tree that a line of an override comes from; undefined where there is none. Lines are 1-based. */
  readonly writtenAt?: (
    path: string,
    line: number,
  ) => Promise<{ readonly path: string; readonly line: number } | undefined>;
  /** See `KustomizeRequest.anywhere`. */
  readonly anywhere?: boolean;
  /** What its charts are told of the cluster. */
  readonly cluster?: Pick<HelmStep, "kubeVersion" | "apiVersions" | "servesNoOther">;
  readonly finish?: Finish;
}

export interface HelmStep {
  readonly kind: "helm";
  readonly chart: ChartReference;
  /** Of a chart in the tree: see `KustomizeStep.artifact`. */
  readonly artifact?: ArtifactLayout;
  readonly releaseName: string;
  readonly namespace: string;
  readonly values: readonly ValuesLayer[];
  /** What stands in for the chart's own values.yaml, merged in order; absent: that file. */
  readonly ownValues?: OwnValues;
  /** With the line that asks for it, where it is known. */
  readonly set?: readonly (HelmSet & { readonly at?: { readonly path: string; readonly line: number } })[];
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  /** No API version is served that neither `apiVersions` nor Kubernetes has. */
  readonly servesNoOther?: true;
  /** Printed by `helm template`, as Argo CD does: never an upgrade, and nothing is looked up in the cluster. */
  readonly isPrinted?: true;
  /** Nothing in the tree tells the release's name and namespace. */
  readonly isAssumed?: true;
  readonly includeCrds?: boolean;
  /** The digest of what an OCIRepository names becomes a part of the chart's version, as helm-controller has it. */
  readonly isDigestTracked?: true;
  /** With the hooks of `helm test`. */
  readonly tests?: boolean;
  /** Variables in the values that nothing in this repository sets: where rendering fails, they may be why. */
  readonly unknownVariables?: readonly string[];
  /** Without `values.schema.json`. */
  readonly skipSchemaValidation?: boolean;
  readonly finish?: Finish;
}

/** A chart in the tree, or one in a registry. */
export type ChartReference = { readonly kind: "path"; readonly path: string } | RegistryChart;

export interface RegistryChart {
  readonly kind: "registry";
  readonly repository: string;
  readonly name: string;
  readonly version?: string;
  /** See `RemoteChart`. */
  readonly rules?: VersionRules;
  readonly artifact?: ArtifactChoice;
  /** Where the version is written: `line` is any line of its document. */
  readonly at?: WrittenAt;
}

/** Values files by path in the tree, or relative to a chart from a registry. */
export interface OwnValues {
  readonly files: readonly string[];
  /** Files that do not exist are passed over. */
  readonly ignoreMissing: boolean;
}

/** One layer of values, and where it is written. */
export type ValuesLayer =
  | { readonly kind: "file"; readonly path: string; readonly optional?: boolean }
  | {
      readonly kind: "inline";
      readonly value: JsonObject;
      /** The file with the object, and the pointer of the values in the document. */
      readonly path: string;
      readonly line: number;
      readonly pointer: string;
    };

export interface Substitution {
  readonly variables: { readonly [name: string]: string };
  /** Variables without a default that nothing in the tree sets stay as they are written: what would set them is not known. */
  readonly keepUnknown?: boolean;
  /** Optional objects that are not in the tree: variables that are left are a gap. */
  readonly absent?: readonly string[];
  /** See `SubstituteRequest.strict`. */
  readonly strict?: boolean;
}

/** What the GitOps tool changes after rendering, in this order: kustomizations, substitute, metadata, defaultNamespace. */
export interface Finish {
  /** For namespaced objects without one (Argo CD destination), or for all (Flux targetNamespace comes through Kustomize). */
  readonly defaultNamespace?: string;
  /** Flux's postBuild, before `metadata`; objects that say `kustomize.toolkit.fluxcd.io/substitute: disabled` are left alone. */
  readonly substitute?: Substitution;
  /** Labels and annotations that are added to every object. */
  readonly metadata?: {
    readonly labels?: { readonly [name: string]: Json };
    readonly annotations?: { readonly [name: string]: Json };
  };
  /** Kustomize over what was rendered: HelmRelease postRenderers, each over what the one before made. */
  readonly kustomizations?: readonly PostRenderer[];
}

export interface PostRenderer {
  /** Without resources. */
  readonly kustomization: JsonObject;
  /** The value that it was made of, and where that is written. */
  readonly spec: JsonObject;
  readonly at: SourcePosition;
}
