import { isObject } from "../../../manifest/identity.ts";
import { member } from "../../../manifest/member.ts";
import { readManifests } from "../../../manifest/read-manifests.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { SkippingTool } from "./check-policies.ts";

/** One check that a tool is told to skip. */
export interface Skip {
  readonly path: string;
  readonly line: number;
  /** As the tool calls it; `*`: all of them. */
  readonly check: string;
  readonly reason?: string;
  /** The object that it is about; absent: every one. */
  readonly manifest?: Manifest;
}

/** The files in which a tool is told to skip a check everywhere. */
const settings: { readonly [tool in SkippingTool]: RegExp } = {
  checkov: /(?:^|\/)\.checkov\.ya?ml$/,
  "kube-linter": /(?:^|\/)\.kube-linter\.ya?ml$/,
  polaris: /(?:^|\/)polaris\.ya?ml$/,
  trivy: /(?:^|\/)\.trivyignore(?:\.ya?ml)?$/,
  datree: /(?:^|\/)\.?datree[^/]*\.ya?ml$/,
};

/** Whether a file may tell a tool to skip something. */
export function maySkip(tool: SkippingTool, path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path) || settings[tool].test(path);
}

/** What one file tells a tool to skip. */
export function findSkips(tool: SkippingTool, path: string, bytes: Uint8Array): readonly Skip[] {
  const text = new TextDecoder().decode(bytes);
  if (settings[tool].test(path)) return text.trim() === "" ? [] : [{ path, line: 1, check: "*" }];
  const { manifests } = readManifests(path, bytes);
  const ofAnnotations = manifests.flatMap((manifest) =>
    annotationsOf(manifest).flatMap(([key, value]) =>
      skipOf(tool, key, value).map((skip) => ({ ...skip, path, line: lineOf(text, key, manifest), manifest })),
    ),
  );
  return [...ofAnnotations, ...commentsIn(tool, path, text, manifests)];
}

function annotationsOf({ value }: Manifest): readonly (readonly [string, string])[] {
  const annotations = member(member(value, "metadata"), "annotations");
  return isObject(annotations)
    ? Object.entries(annotations).flatMap(([key, text]) => (typeof text === "string" ? [[key, text] as const] : []))
    : [];
}

/** What an annotation skips, by the documentation of each tool. */
function skipOf(tool: SkippingTool, key: string, value: string): readonly Pick<Skip, "check" | "reason">[] {
  const skip = (check: string | undefined, reason = ""): readonly Pick<Skip, "check" | "reason">[] =>
    check === undefined ? [] : [{ check, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }];
  switch (tool) {
    case "checkov": {
      const [, check, reason] = /^([\w-]+)(?:=(.*))?$/s.exec(value.trim()) ?? [];
      return /^checkov\.io\/skip\d*$/.test(key) ? skip(check ?? value, reason) : [];
    }
    case "kube-linter":
      if (key === "kube-linter.io/ignore-all") return skip("*", value);
      return skip(/^ignore-check\.kube-linter\.io\/(.+)$/.exec(key)?.[1], value);
    case "polaris":
      if (value !== "true") return [];
      if (key === "polaris.fairwinds.com/exempt") return skip("*");
      return skip(/^polaris\.fairwinds\.com\/(.+)-exempt$/.exec(key)?.[1]);
    case "datree":
      return skip(/^datree\.skip\/(.+)$/.exec(key)?.[1], value);
    case "trivy":
      return [];
    default:
      return tool satisfies never;
  }
}

/** Comments of Trivy (`#trivy:ignore:KSV014`) and Checkov (`# checkov:skip=CKV_K8S_14:reason`), each of the object around it. */
function commentsIn(tool: SkippingTool, path: string, text: string, manifests: readonly Manifest[]): readonly Skip[] {
  if (tool !== "trivy" && tool !== "checkov") return [];
  const pattern = tool === "trivy" ? /#\s*trivy:ignore:(\S+)()/ : /#\s*checkov:skip=([\w-]+)(?::(.*))?/;
  return text.split("\n").flatMap((content, index) => {
    const [, check, reason = ""] = pattern.exec(content) ?? [];
    if (check === undefined) return [];
    const manifest = manifestAt(text, index + 1, manifests);
    return [
      {
        path,
        line: index + 1,
        check,
        ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
        ...(manifest === undefined ? {} : { manifest }),
      },
    ];
  });
}

/** The one object of the document that a line is in. */
function manifestAt(text: string, line: number, manifests: readonly Manifest[]): Manifest | undefined {
  const lines = text.split("\n");
  const separators = lines.flatMap((content, index) => (content.startsWith("---") ? [index + 1] : []));
  const start = separators.findLast((separator) => separator <= line) ?? 0;
  const end = separators.find((separator) => separator > line) ?? lines.length + 1;
  const within = manifests.filter(({ position }) => position.line > start && position.line < end);
  return within.length === 1 ? within[0] : undefined;
}

function lineOf(text: string, key: string, { position }: Manifest): number {
  const index = text.split("\n").findIndex((content, at) => at + 1 >= position.line && content.includes(key));
  return index === -1 ? position.line : index + 1;
}
