import type { Config } from "../model/config.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Renderer } from "../model/renderer.ts";
import type { SourceGraph } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import type { ScopedFile } from "./files/role.ts";
import type { Scope } from "./files/scope.ts";
import type { SourcePlace, Unit } from "./unit.ts";

/** The options for finding the desired state of a tree. */
export interface DesiredStateRequest {
  readonly scope: Scope;
  readonly config: Config;
  readonly renderer: Renderer;
  /** URLs under which this repository is known; empty: unknown, then a path that exists here is taken to be meant. */
  readonly repositories: readonly string[];
  /** Renderings and readings by what they were made of, over trees and jobs. */
  readonly cache: { get(key: string): unknown; set(key: string, value: unknown, bytes: number): void };
}

/** The desired state of a tree: `files` has every file in scope, `units` every source that is rendered. */
export interface DesiredState {
  /** In scope, sorted by path. The role `rendered` stands for files that units account for. */
  readonly files: readonly ScopedFile[];
  readonly units: readonly Unit[];
  readonly graph: SourceGraph;
  /** Problems of planning, which belong to no unit, each with the file of the object. */
  readonly problems: readonly Problem[];
  /** What planning found wrong with GitOps objects themselves; each manifest has the position it is to be reported at. */
  readonly violations: readonly {
    readonly manifest: Manifest;
    readonly place: SourcePlace;
    readonly violation: Violation;
  }[];
}
