import { readWaiverFile } from "../../../src/config/read-waiver-file.ts";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { readDocument } from "../../../src/manifest/read-document.ts";
import { DEFAULT_BUDGET } from "../../../src/manifest/budget.ts";
import { splitDocuments } from "../../../src/manifest/split-documents.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Report } from "../../../src/model/report.ts";
import { mutate, type Random } from "../../../test/manifest/generate-yaml.ts";
import { mustBeAlike, mustHold, type FuzzTarget } from "../fuzzer.ts";
import { isGreen, judgeFiles, now, type Files } from "../judge-files.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { covers, type Subject } from "../slow-matcher.ts";

const at = "waivers/w.yaml";
const today = now.slice(0, 10);
const annotation = "portcullis.dev/waive";
const config = {
  ...defaultConfig,
  schemas: { enabled: false },
  waivers: { ...defaultConfig.waivers, annotations: ["fuzz/*"] },
};

/** Waivers in files and annotations: nothing is covered that a slow matcher does not find covered. */
export const target: FuzzTarget = {
  inTests: 300,
  async open() {
    return {
      async run(random) {
        const written = random.chance(0.7) ? waiverText(random) : mutated(random, waiverText(random));
        return random.chance(0.65) ? ofFile(written) : ofAnnotation(random, written);
      },
      close: async () => {},
    };
  },
};

async function ofFile(written: Uint8Array | string): Promise<string> {
  const file = typeof written === "string" ? new TextEncoder().encode(written) : written;
  const reading = readWaiverFile(at, file);
  for (const { path, line, message } of reading.problems)
    mustHold(path === at && message !== "" && (line ?? 0) > 0, () => `no place: ${JSON.stringify(reading.problems)}`);
  const files = { ...workloads(undefined), [at]: file };
  const report = await judgeFiles(files, { config });
  mustBeAlike(report, await judgeFiles(files, { config }), "judged twice");
  const isRefused = report.problems.some(({ path }) => path === at);
  if (reading.problems.length > 0) mustHold(isRefused, () => "what is wrong with the file is not told");
  mustBeCovered(report, isRefused ? [] : itemsOf(file), () => true);
  // What the head alone says of waivers does not count.
  const change = await judgeFiles(files, { config, from: workloads(undefined) });
  for (const { waiver } of change.findings) mustHold(waiver === undefined, () => "the head waives for itself");
  const fresh = await judgeFiles(files, { config, from: {} });
  mustHold(!isGreen(fresh), () => "a change that brings violations and waivers passes");
  return isRefused
    ? "refused"
    : report.findings.some(({ waiver }) => waiver !== undefined)
      ? "covers"
      : "covers nothing";
}

async function ofAnnotation(random: Random, written: Uint8Array | string): Promise<string> {
  const text = typeof written === "string" ? written : new TextDecoder().decode(written);
  const own = random.pick(NAMES);
  const files = workloads({ name: own, text });
  const report = await judgeFiles(files, { config });
  mustBeAlike(report, await judgeFiles(files, { config }), "judged twice");
  const items = itemsOf(new TextEncoder().encode(text)).map((item) =>
    typeof item === "object" && item !== null ? { ...item, match: { ...matchOf(item), kind: "Pod", name: own } } : item,
  );
  mustBeCovered(report, items, ({ manifest }) => manifest.name === own, true);
  mustHold(!isGreen(report), () => "one object's annotation makes all others pass");
  return report.findings.some(({ waiver }) => waiver !== undefined) ? "annotation covers" : "annotation covers nothing";
}

function matchOf(item: object): object {
  const { match } = item as { readonly match?: unknown };
  return typeof match === "object" && match !== null && !Array.isArray(match) ? match : {};
}

/** Compares what the report says of each finding with the slow matcher. An annotation may be refused as a whole. */
function mustBeCovered(
  report: Report,
  items: readonly unknown[],
  isOwn: (finding: Finding) => boolean,
  mayBeRefused = false,
): void {
  let open = 0;
  for (const finding of report.findings) {
    if (finding.policy.startsWith("waivers/")) continue;
    const isCovered = finding.waiver !== undefined;
    const found = items.map((item) => covers(item, subjectOf(finding), today));
    const mayBe = isOwn(finding) && found.some((one) => one !== false);
    const mustBe = isOwn(finding) && found.includes(true) && !mayBeRefused;
    const what = (): string => `${finding.manifest.name}: ${JSON.stringify(items)}`;
    if (isCovered) mustHold(mayBe, () => `covered, which no waiver does: ${what()}`);
    else mustHold(!mustBe, () => `not covered: ${what()}`);
    if (isCovered) mustHold((finding.waiver?.expires ?? "") > today, () => "covered after its day");
    if (!isCovered && finding.level === "deny") open += 1;
  }
  mustHold(open === 0 || !isGreen(report), () => "a finding that nothing covers, and it passes");
}

function subjectOf({ policy, manifest, location, pointer }: Finding): Subject {
  const { kind, namespace, name } = manifest;
  return {
    policy,
    values: {
      kind: [kind],
      name: [name],
      ...(namespace === undefined ? {} : { namespace: [namespace] }),
      path: [location.path],
      pointer: [pointer],
    },
  };
}

/** The values of a file, without the schema that the product has for them. */
function itemsOf(file: Uint8Array): readonly unknown[] {
  const items: unknown[] = [];
  for (const part of splitDocuments(new TextDecoder().decode(file))) {
    if (part.kind === "separator") return [];
    const reading = readDocument(at, part, DEFAULT_BUDGET);
    if (reading.kind === "value") items.push(...[reading.value].flat());
  }
  return items;
}

const NAMES = ["web", "we", "api", "a.b", "web-1", "w*"];

/** A Pod that violates for each name, in two namespaces and directories; one of them may have an annotation. */
function workloads(annotated: { readonly name: string; readonly text: string } | undefined): Files {
  const pods = NAMES.map((name, index) => {
    const annotations = annotated?.name === name ? { [annotation]: annotated.text } : {};
    const metadata = {
      name,
      ...(index % 3 === 0 ? {} : { namespace: index % 2 === 0 ? "shop" : "prod" }),
      annotations,
    };
    return { apiVersion: "v1", kind: "Pod", metadata, spec: { hostNetwork: true } };
  });
  return Object.fromEntries(
    pods.map((pod, index) => [`apps/${index % 2 === 0 ? "a" : "b/c"}/p${index}.yaml`, `${JSON.stringify(pod)}\n`]),
  );
}

const PATTERNS: { readonly [key: string]: readonly string[] } = {
  policy: [
    "fuzz/forbidden",
    "fuzz/*",
    "fuzz/**",
    "**",
    "*",
    "*/forbidden",
    "fuzz/{forbidden,x}",
    "fuzz",
    "fuzz/forbidde",
    "waivers/unused",
  ],
  kind: ["Pod", "P*", "*d", "Deployment", "pod", "*", "**"],
  namespace: ["shop", "prod", "s*", "*", "", "p?od"],
  name: ["web", "w*", "we", "*", "w*b", "*-*", "a.b", "web*", "w\\*", "*b*", "web-1"],
  path: [
    "apps/**",
    "apps/*",
    "apps/a/*.yaml",
    "**",
    "apps/{a,b}/**",
    "**/p0.yaml",
    "/apps/a/p0.yaml",
    "apps/a",
    "**/*.yaml",
    "apps/[a-b]/**",
    "apps/**/p1.yaml",
    "!apps/a/**",
    "../**",
    "app?/**",
  ],
  pointer: ["/spec", "/spec/**", "/spe*", "/**", "spec", "*", "**", "/spe*", "/"],
  message: ["*forbidden*"],
  container: ["app", "*"],
  environment: ["production", "*"],
};
const DATES = [
  "2026-03-01",
  "2026-02-01",
  "2026-02-02",
  "2026-01-31",
  "2027-01-01",
  "2026-3-1",
  "2026-02-30",
  "never",
  "20260301",
  "9999-12-31",
  "2026-05-02",
  "2026-05-03",
];

function waiverText(random: Random): string {
  const keys = Object.keys(PATTERNS).filter((key) => key !== "policy");
  const quoted = (text: string): string => (random.chance(0.97) ? JSON.stringify(text) : text);
  return Array.from({ length: 1 + random.below(3) }, () => {
    const match = Array.from({ length: 1 + random.below(2) }, () => {
      const key = random.pick(random.chance(0.96) ? keys.slice(0, 5) : keys);
      // The first ones are right, so that most waivers are read.
      const known = PATTERNS[key] ?? ["x"];
      const one = (): string => quoted(random.pick(random.chance(0.5) ? known.slice(0, 3) : known));
      return `${key}: ${random.chance(0.2) ? `[${one()}, ${one()}]` : one()}`;
    });
    const lines = [
      random.chance(0.92)
        ? `policy: ${random.chance(0.6) ? "fuzz/forbidden" : quoted(random.pick(PATTERNS["policy"] ?? []))}`
        : random.pick(["gap: true", "problem: parse", "problem: config"]),
      `match: { ${[...new Map(match.map((text) => [text.split(":")[0], text])).values()].join(", ")} }`,
      `reason: ${random.chance(0.9) ? "port 80" : random.pick(['"yes"', "on", "1"])}`,
      `expires: ${random.chance(0.8) ? "2026-03-01" : random.pick(DATES)}`,
      ...(random.chance(0.1)
        ? [
            random.pick([
              "owner: '@acme/x'",
              "ticket: T-1",
              "extra: x",
              "__proto__: { expires: 2026-03-01 }",
              "policy: fuzz/x",
            ]),
          ]
        : []),
    ];
    return `- ${lines.join("\n  ")}\n`;
  }).join("");
}

function mutated(random: Random, text: string): Uint8Array | string {
  const times = 1 + random.below(2);
  return random.chance(0.5) ? mutate(random, text, times) : mutateBytes(random, new TextEncoder().encode(text), times);
}
