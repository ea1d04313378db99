import { dump } from "js-yaml";

/** One generated file of the corpus. */
export interface CorpusFile {
  readonly path: string;
  readonly text: string;
}

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
type Fault =
  | "tag"
  | "privileged"
  | "root"
  | "limits"
  | "registry"
  | "labels"
  | "hostPath"
  | "hostNetwork"
  | "namespace";

interface Draw {
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
}

const teams = ["billing", "accounts", "search", "orders", "stock", "mail"] as const;
const parts = ["api", "worker", "web", "gateway", "cron", "indexer"] as const;
const faults: readonly Fault[] = [
  "tag",
  "privileged",
  "root",
  "limits",
  "registry",
  "labels",
  "hostPath",
  "hostNetwork",
  "namespace",
];
const mix = [
  ...Array<string>(32).fill("Deployment"),
  ...Array<string>(8).fill("StatefulSet"),
  ...Array<string>(10).fill("CronJob"),
  ...Array<string>(16).fill("Service"),
  ...Array<string>(14).fill("ConfigMap"),
  ...Array<string>(10).fill("Ingress"),
  ...Array<string>(10).fill("NetworkPolicy"),
];

/** A seeded generator (mulberry32), so that two runs measure the same bytes. */
function draw(seed: number): Draw {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  return { below, pick: <T>(list: readonly T[]) => list[below(list.length)] as T };
}

function container(team: string, name: string, random: Draw, broken: ReadonlySet<Fault>): Value {
  const registry = broken.has("registry") ? "docker.io/library" : `registry.example.com/${team}`;
  const tag = broken.has("tag") ? "latest" : `${random.below(4)}.${random.below(30)}.${random.below(9)}`;
  const port = 8000 + random.below(900);
  return {
    name,
    image: `${registry}/${name}:${tag}`,
    imagePullPolicy: "IfNotPresent",
    args: [`--config=/etc/${name}/config.yaml`, "--log-level=info", `--listen=0.0.0.0:${port}`],
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "LOG_FORMAT", value: "json" },
      { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: `${team}-db`, key: "password" } } },
    ],
    ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
    ...(broken.has("limits")
      ? {}
      : { resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } } }),
    livenessProbe: { httpGet: { path: "/healthz", port }, initialDelaySeconds: 10, periodSeconds: 10 },
    readinessProbe: { httpGet: { path: "/readyz", port }, periodSeconds: 5, failureThreshold: 3 },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: broken.has("privileged"),
      readOnlyRootFilesystem: true,
      runAsNonRoot: !broken.has("root"),
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "config", mountPath: `/etc/${name}`, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

function podTemplate(team: string, name: string, random: Draw, broken: ReadonlySet<Fault>): Value {
  const names = [name.split("-")[1] ?? name, "log-shipper", "metrics"].slice(0, 1 + random.below(2) + random.below(2));
  return {
    metadata: { labels: { "app.kubernetes.io/name": name, team }, annotations: { "prometheus.io/scrape": "true" } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      ...(broken.has("hostNetwork") ? { hostNetwork: true } : {}),
      securityContext: { runAsUser: 10001, fsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: names.map((each) => container(team, each, random, broken)),
      volumes: [
        { name: "config", configMap: { name: `${name}-config` } },
        { name: "tmp", emptyDir: {} },
        ...(broken.has("hostPath") ? [{ name: "run", hostPath: { path: "/var/run" } }] : []),
      ],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
        },
      ],
    },
  };
}

function body(
  kind: string,
  team: string,
  name: string,
  random: Draw,
  broken: ReadonlySet<Fault>,
): Record<string, Value> {
  const selector = { matchLabels: { "app.kubernetes.io/name": name, team } };
  const template = podTemplate(team, name, random, broken);
  switch (kind) {
    case "StatefulSet":
      return {
        spec: {
          serviceName: name,
          replicas: 3,
          podManagementPolicy: "Parallel",
          selector,
          template,
          volumeClaimTemplates: [
            {
              metadata: { name: "data" },
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
            },
          ],
        },
      };
    case "CronJob":
      return {
        spec: {
          schedule: `${random.below(60)} 3 * * *`,
          concurrencyPolicy: "Forbid",
          jobTemplate: { spec: { backoffLimit: 2, template } },
        },
      };
    case "Service":
      return {
        spec: {
          type: "ClusterIP",
          selector: selector.matchLabels,
          ports: [
            { name: "http", port: 80, targetPort: "http" },
            { name: "metrics", port: 9090, targetPort: 9090 },
          ],
        },
      };
    case "ConfigMap":
      return {
        data: {
          LOG_LEVEL: "info",
          REGION: random.pick(["eu-west-1", "us-east-1"]),
          "config.yaml": `server:\n  listen: 0.0.0.0:8080\n${Array.from({ length: 6 + random.below(20) }, (_, n) => `  feature_${n}: ${n % 2 === 0}\n`).join("")}`,
        },
      };
    case "Ingress":
      return {
        spec: {
          ingressClassName: "nginx",
          tls: [{ hosts: [`${name}.example.com`], secretName: `${name}-tls` }],
          rules: [
            {
              host: `${name}.example.com`,
              http: {
                paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port: { name: "http" } } } }],
              },
            },
          ],
        },
      };
    case "NetworkPolicy":
      return {
        spec: {
          podSelector: selector,
          policyTypes: ["Ingress", "Egress"],
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }],
              ports: [{ protocol: "TCP", port: 8080 }],
            },
          ],
          egress: [{ to: [{ ipBlock: { cidr: `10.${random.below(250)}.0.0/16` } }] }],
        },
      };
    default:
      return { spec: { replicas: 2 + random.below(6), revisionHistoryLimit: 5, selector, template } };
  }
}

const apiVersions: Readonly<Record<string, string>> = {
  CronJob: "batch/v1",
  Service: "v1",
  ConfigMap: "v1",
  Ingress: "networking.k8s.io/v1",
  NetworkPolicy: "networking.k8s.io/v1",
};

/** `count` seeded manifests, one a file, of about 2.5 KB; about one in ten breaks one rule or two. */
export function corpus(count: number, seed = 1): CorpusFile[] {
  const random = draw(seed);
  return Array.from({ length: count }, (_, number) => {
    const kind = random.pick(mix);
    const team = random.pick(teams);
    const name = `${team}-${random.pick(parts)}-${number}`;
    const broken = new Set<Fault>();
    if (random.below(10) === 0) {
      broken.add(random.pick(["labels", "namespace", ...faults] as const));
      if (random.below(3) === 0) broken.add(random.pick(faults));
    }
    const labels = {
      "app.kubernetes.io/name": name,
      "app.kubernetes.io/version": `1.${random.below(30)}.0`,
      tier: "backend",
      ...(broken.has("labels")
        ? {}
        : { "app.kubernetes.io/managed-by": "argocd", team, "cost-center": `${1000 + random.below(9000)}` }),
    };
    const manifest = {
      apiVersion: apiVersions[kind] ?? "apps/v1",
      kind,
      metadata: {
        name,
        namespace: broken.has("namespace") ? "default" : team,
        labels,
        annotations: {
          "argocd.argoproj.io/sync-wave": `${random.below(9)}`,
          "example.com/runbook": `https://runbooks.example.com/${team}/${name}`,
        },
      },
      ...body(kind, team, name, random, broken),
    };
    return { path: `${team}/${name}-${kind.toLowerCase()}.yaml`, text: dump(manifest, { lineWidth: -1 }) };
  });
}
