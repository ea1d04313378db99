import type { Pointer } from "../../model/json.ts";
import type { PlanContext } from "../gitops.ts";
import type { BuildEnvironment } from "./build-environment.ts";
import type { Fields } from "./fields.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** What the planner of a tool needs: one source of an Application and its surroundings. */
export interface SourceRequest {
  readonly source: Fields;
  /** Of the source's path; undefined for a chart of a registry. */
  readonly directory: string | undefined;
  readonly application: {
    readonly name: string;
    /** `spec.destination.namespace`; may be empty. */
    readonly namespace: string;
  };
  /** The directory that the source's repository is in: "" for this one. */
  readonly root: string;
  /** Of a chart of a registry: the directory that it was fetched into, where it was. */
  readonly chartRoot?: string;
  /** Sources of the Application that others name as `$ref`. */
  readonly references: ReadonlyMap<string, SourceRepository>;
  readonly environment: BuildEnvironment;
  /** Where a value of the source is written: in the Application, or in a file beside the source that overrides it. */
  readonly place: (pointer: Pointer) => WrittenPlace;
  readonly diagnostics: Diagnostics;
  readonly context: PlanContext;
}

/** The repository of a source: this one, which the tree may be, or another one, which may have been fetched. */
export interface SourceRepository {
  readonly kind: "this" | "other" | "unknown";
  /** Where its files are; absent: they are not at hand. */
  readonly root?: string;
  /** Why they are not at hand, told already. */
  readonly isTold?: true;
}

/** A line of a file, and the pointer of the value in its document. */
export interface WrittenPlace {
  readonly path: string;
  readonly line: number;
  readonly pointer: Pointer;
}
