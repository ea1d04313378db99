/** A directory that may be a source by itself. */
export interface Standalone {
  readonly kind: "root" | "chart";
  readonly directory: string;
  /** Its kustomization or Chart.yaml. */
  readonly path: string;
  /** Which GitOps objects may come of it: some that apply directories, only some that apply charts, or none. */
  readonly mentions: "directories" | "charts" | "nothing";
}
