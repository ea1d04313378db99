import { dump } from "js-yaml";
import { directoryOf, edit, kustomizationAt, objectIn, textAt, type Change, type Disguise } from "../change.ts";
import { isWorkload, yaml, type Draft } from "../objects.ts";
import type { Random } from "../random.ts";

const isTemplate = (text: string): boolean => /\{\{-? /.test(text);

/** Rewrites the text of a file that is one YAML document. */
function rewritten(
  pick: (change: Change, random: Random) => string | undefined,
  rewrite: (object: Draft, random: Random, path: string) => string,
): Disguise {
  return (change, random) => {
    const path = pick(change, random);
    const text = path === undefined ? undefined : textAt(change.head, path);
    const object = text === undefined || isTemplate(text) ? undefined : objectIn(text);
    if (path === undefined || object === undefined) return false;
    change.head.set(path, rewrite(object, random, path));
    return true;
  };
}

/** The carrier, or the object or kustomization that leads to it. */
function involved(change: Change, random: Random): string | undefined {
  const { target, head, carrier } = change;
  const delivery = random.pick(target.deliveries);
  return random.pick(
    [
      carrier,
      carrier,
      delivery.declaredIn,
      kustomizationAt(head, delivery.path),
      head.has("argo/set.yaml") ? "argo/set.yaml" : carrier,
    ].filter((path) => path !== undefined),
  );
}

const carrierOf = ({ carrier }: Change): string => carrier;

/** A JSON text with some characters of its strings escaped. */
function escaped(object: Draft, random: Random): string {
  return JSON.stringify(object).replaceAll(/[a-z](?=[^"]*"[:,}\]])/g, (letter) =>
    random.chance(0.15) ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}` : letter,
  );
}

/** YAML with a tag, an anchor or another style at its scalars. */
function decorated(object: Draft, random: Random): string {
  const style = random.int(6);
  let count = 0;
  return yaml(object).replaceAll(
    /^( *(?:- )?(?:apiVersion|kind|name|image|path): )([\w./:-]+)$/gm,
    (line, key: string, value: string) => {
      count += 1;
      if (/^\d|^(?:true|false|null)$/.test(value)) return line;
      const indent = " ".repeat(/^ */.exec(key)![0].length + (key.includes("- ") ? 4 : 2));
      switch (style) {
        case 0:
          return `${key}!!str ${value}`;
        case 1:
          return `${key}&a${count} ${value}`;
        case 2:
          return `${key}>-\n${indent}${value}`;
        case 3:
          return `${key}"${value.slice(0, 2)}\\\n${indent}${value.slice(2)}"`;
        case 4:
          return `${key}'${value}' # ${value}`;
        default:
          return `${key}"${value
            .split("")
            .map((letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`)
            .join("")}"`;
      }
    },
  );
}

const idle = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "idle", namespace: "idle" }, data: { a: "1" } };

export const contents: { readonly [name: string]: Disguise } = {
  json: rewritten(involved, (object, random) => JSON.stringify(object, null, random.int(3))),
  escaped: rewritten(involved, escaped),
  decorated: rewritten(involved, decorated),
  flowStyle: rewritten(involved, (object, random) =>
    dump(object, { flowLevel: random.int(3), lineWidth: 40, forceQuotes: random.chance(0.5) }),
  ),
  severalDocuments: rewritten(carrierOf, (object, random, path) =>
    path.endsWith(".json") || !isWorkload(object)
      ? yaml(object)
      : random.pick([
          `---\n---\n# nothing\n---\n${yaml(object)}`,
          yaml(idle, object),
          yaml(object, idle),
          `--- # first\n${yaml(object)}...\n`,
          `%YAML 1.1\n---\n${yaml(object)}`,
          `null\n---\n${yaml(object)}`,
          `"text"\n---\n${yaml(object)}`,
        ]),
  ),
  lineEnds: rewritten(involved, (object) => yaml(object).replaceAll("\n", "\r\n")),
  byteOrderMark: rewritten(carrierOf, (object) => `\uFEFF${yaml(object)}`),
  padded: rewritten(involved, (object, random) => {
    const padding = `# ${"padding ".repeat(16)}\n`.repeat(1 + random.int(300));
    return random.pick([padding + yaml(object), yaml(object) + padding]);
  }),
  actionLike: rewritten(carrierOf, (object, random) => {
    if (object["metadata"] !== undefined)
      object["metadata"].annotations = {
        ...object["metadata"].annotations,
        note: random.pick(["{{ .Values.x }}", "{{x}}", "a {{- b -}}", "$x", "${x:=1}"]),
      };
    return yaml(object);
  }),
  list: rewritten(carrierOf, (object, random) => {
    if (!isWorkload(object)) return yaml(object);
    const { apiVersion, kind, ...rest } = object;
    return random.pick([
      () => yaml({ apiVersion: "v1", kind: "List", items: [idle, object] }),
      () => yaml({ apiVersion: "v1", kind: "List", metadata: { name: "x" }, items: [object] }),
      () => yaml({ apiVersion, kind: `${kind}List`, items: [rest] }),
      () => yaml({ apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "List", items: [object] }] }),
    ])();
  }),
  /** Annotations that another tool than the one that applies it would heed. */
  foreignAnnotations(change, random) {
    const { tool } = change.repository;
    const raw = change.target.packaging === "files";
    const annotations = random.pick<Draft>([
      { "argocd.argoproj.io/sync-options": "Prune=false" },
      { "argocd.argoproj.io/hook": "PostSync" },
      { "argocd.argoproj.io/sync-wave": "5" },
      { "argocd.argoproj.io/compare-options": "IgnoreExtraneous" },
      { "kustomize.toolkit.fluxcd.io/prune": "disabled" },
      { "helm.sh/hook": "pre-install,pre-upgrade" },
      { "helm.sh/resource-policy": "keep" },
      ...(tool === "flux"
        ? []
        : [{ "kustomize.toolkit.fluxcd.io/reconcile": "disabled" }, { "kustomize.toolkit.fluxcd.io/ssa": "Ignore" }]),
      ...(tool === "argo" ? [] : [{ "argocd.argoproj.io/hook": "Skip" }]),
      ...(tool === "push" && raw ? [{ "config.kubernetes.io/local-config": "true" }, { "helm.sh/hook": "test" }] : []),
      ...(tool === "argo" && raw ? [{ "config.kubernetes.io/local-config": "true" }] : []),
    ]);
    return edit(change.head, change.carrier, (object) => {
      if (object["metadata"] !== undefined)
        object["metadata"].annotations = { ...object["metadata"].annotations, ...annotations };
    });
  },
  sops: ({ head, carrier }) =>
    edit(head, carrier, (object) => {
      if (!isWorkload(object)) return;
      object["sops"] = { mac: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]", version: "3.9.0" };
    }),
  partialSops: ({ head, carrier }) =>
    edit(head, carrier, (object) => {
      if (!isWorkload(object)) return;
      object["metadata"].labels = {
        ...object["metadata"].labels,
        secret: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]",
      };
      object["sops"] = {
        encrypted_regex: "^secret$",
        mac: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]",
        version: "3.9.0",
      };
    }),
  otherName: (change) =>
    change.target.packaging === "files" &&
    edit(change.head, change.carrier, ({ metadata }) => {
      if (metadata !== undefined) metadata.name = `${metadata.name}-next`;
    }),
  otherNamespace: (change) =>
    change.target.packaging === "files" &&
    edit(change.head, change.carrier, ({ metadata }) => {
      if (metadata !== undefined) metadata.namespace = "elsewhere";
    }),
  generatedName: (change) =>
    change.target.packaging === "files" &&
    edit(change.head, change.carrier, ({ metadata }) => {
      if (metadata === undefined) return;
      metadata.generateName = `${metadata.name}-`;
      delete metadata.name;
    }),
  deletePatch: ({ head, carrier }) =>
    edit(head, carrier, (object) => {
      if (isWorkload(object) && !carrier.endsWith("patch.yaml")) object["$patch"] = "delete";
    }),
  transformers({ head, target }, random) {
    return edit(head, kustomizationAt(head, random.pick(target.deliveries).path), (content) => {
      Object.assign(
        content,
        random.pick<Draft>([
          { namePrefix: "x-" },
          { nameSuffix: "-x" },
          { namespace: "other" },
          { commonLabels: { x: "y" } },
          { labels: [{ pairs: { x: "y" }, includeSelectors: true }] },
          {
            generatorOptions: {
              disableNameSuffixHash: true,
              annotations: { "config.kubernetes.io/local-config": "true" },
            },
          },
          { buildMetadata: ["originAnnotations", "transformerAnnotations"] },
          { sortOptions: { order: "fifo" } },
          { replicas: [{ name: target.name, count: 3 }] },
          { openapi: { version: "v1.20.4" } },
        ]),
      );
    });
  },
  templateCondition(change, random) {
    const { head, target } = change;
    const text = textAt(head, target.workloadFile);
    if (target.packaging !== "chart" || text === undefined) return false;
    const condition = random.pick([
      ".Release.IsUpgrade",
      "not .Release.IsInstall",
      "gt (int .Release.Revision) 0",
      'ne .Release.Name "release-name"',
      'or (.Capabilities.APIVersions.Has "example.com/v1") .Release.IsUpgrade',
      'not (lookup "v1" "Secret" "x" "y")',
    ]);
    head.set(target.workloadFile, `{{- if ${condition} }}\n${text}{{- end }}\n`);
    return true;
  },
  valuesGo({ head, target }) {
    if (target.packaging !== "chart") return false;
    const text = textAt(head, target.workloadFile);
    if (text === undefined) return false;
    head.set(
      target.workloadFile,
      text
        .replaceAll(".Values.pod", "(.Values.pod | default dict)")
        .replaceAll(".Values.tag", '(.Values.tag | default "1.0")'),
    );
    return edit(head, `${target.directory}/values.yaml`, (values) => {
      for (const key of ["pod", "tag"])
        if (["1.0", "{}"].includes(typeof values[key] === "string" ? values[key] : JSON.stringify(values[key])))
          delete values[key];
    });
  },
  helper({ head, target }) {
    const text = textAt(head, target.workloadFile);
    if (target.packaging !== "chart" || text === undefined || text.includes("define")) return false;
    head.set(`${target.directory}/templates/_all.tpl`, `{{- define "all" }}\n${text}{{- end }}\n`);
    head.set(target.workloadFile, '{{ include "all" . }}\n');
    return true;
  },
  attributes(change, random) {
    const { head, carrier } = change;
    const pattern = random.pick([carrier, "*", `*.${carrier.slice(carrier.lastIndexOf(".") + 1)}`]);
    const attribute = random.pick([
      "export-ignore",
      "-diff",
      "linguist-generated",
      "eol=crlf",
      "text",
      "working-tree-encoding=UTF-16LE",
      "filter=lfs diff=lfs merge=lfs -text",
      "ident",
    ]);
    head.set(
      random.pick([".gitattributes", `${directoryOf(carrier)}/.gitattributes`]),
      `${pattern.replace(/.*\//, "")} ${attribute}\n`,
    );
    return true;
  },
  definition({ head, target, repository }, random) {
    const { apiVersion, kind } = target.workload;
    const [version, group = ""] = (apiVersion as string).split("/").toReversed();
    if (repository.files.has("crds/crd.yaml")) return false;
    head.set(
      random.pick(["crds/crd.yaml", `${target.directory}/crd.yaml`, "a.yaml"]),
      yaml({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `${(kind as string).toLowerCase()}s.${group}` },
        spec: {
          group,
          scope: "Cluster",
          names: { kind, plural: `${(kind as string).toLowerCase()}s` },
          versions: [
            {
              name: version,
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
          ],
        },
      }),
    );
    return true;
  },
};
