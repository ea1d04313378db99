import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { each, filled, within } from "./fill.ts";

/** A Pod with its defaults: those of every Pod's specification, and some that templates do not get. */
export function podDefaults(pod: JsonObject): JsonObject {
  const spec = pod["spec"];
  if (!isObject(spec)) return filled(pod, { status: {} });
  const onHost = spec["hostNetwork"] === true;
  const own = (container: JsonObject): JsonObject => requested(onHost ? hostPorts(container) : container);
  const all = containerLists.reduce((one, list) => each(one, list, own), podSpecDefaults(spec));
  return filled({ ...pod, spec: filled(all, { enableServiceLinks: true }) }, { status: {} });
}

/** The specification of a Pod, as in a template. */
export function podSpecDefaults(spec: JsonObject): JsonObject {
  const { serviceAccountName } = spec;
  const containers = [...containerLists, "ephemeralContainers"].reduce(
    (one, list) => each(one, list, containerDefaults),
    spec,
  );
  return filled(each(containers, "volumes", volumeDefaults), {
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...(typeof serviceAccountName === "string" ? { serviceAccount: serviceAccountName } : {}),
  });
}

const containerLists: readonly string[] = ["initContainers", "containers"];

function containerDefaults(container: JsonObject): JsonObject {
  const { image } = container;
  const handlers = probes.reduce((one, name) => within(one, name, probeDefaults), container);
  const hooks = within(handlers, "lifecycle", (lifecycle) =>
    ["postStart", "preStop"].reduce((one, name) => within(one, name, handlerDefaults), lifecycle),
  );
  const ports = each(hooks, "ports", (port) => filled(port, { protocol: "TCP" }));
  return filled(each(ports, "env", variableDefaults), {
    resources: {},
    imagePullPolicy: typeof image === "string" && isLatest(image) ? "Always" : "IfNotPresent",
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  });
}

/** Whether an image has the tag `latest`, or neither a tag nor a digest. */
function isLatest(image: string): boolean {
  if (image.includes("@")) return false;
  const [, tag = "latest"] = /:([^:/]*)$/.exec(image) ?? [];
  return tag === "latest";
}

const probes = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

function probeDefaults(probe: JsonObject): JsonObject {
  return filled(
    within(handlerDefaults(probe), "grpc", (grpc) => filled(grpc, { service: "" })),
    { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 },
  );
}

function handlerDefaults(handler: JsonObject): JsonObject {
  return within(handler, "httpGet", (get) => {
    const { path } = get;
    return { ...filled(get, { scheme: "HTTP" }), path: path === undefined || path === "" ? "/" : path };
  });
}

function variableDefaults(variable: JsonObject): JsonObject {
  return within(variable, "valueFrom", fieldDefaults);
}

function fieldDefaults(source: JsonObject): JsonObject {
  return within(source, "fieldRef", (ref) => filled(ref, { apiVersion: "v1" }));
}

/** In decimal: 0644. */
const READABLE = 420;

const volumes: { readonly [source: string]: JsonObject } = {
  secret: { defaultMode: READABLE },
  configMap: { defaultMode: READABLE },
  downwardAPI: { defaultMode: READABLE },
  projected: { defaultMode: READABLE },
  hostPath: { type: "" },
  iscsi: { iscsiInterface: "default" },
  rbd: { keyring: "/etc/ceph/keyring", pool: "rbd", user: "admin" },
  azureDisk: { cachingMode: "ReadWrite", fsType: "ext4", kind: "Shared", readOnly: false },
  scaleIO: { fsType: "xfs", storageMode: "ThinProvisioned" },
};

/** A volume with the defaults of its source. */
export function sourceDefaults(volume: JsonObject): JsonObject {
  return Object.entries(volumes).reduce(
    (one, [key, defaults]) => within(one, key, (source) => filled(source, defaults)),
    volume,
  );
}

function volumeDefaults(volume: JsonObject): JsonObject {
  const sources = Object.keys(volume).filter((key) => key !== "name" && isObject(volume[key]));
  if (sources.length === 0) return { ...volume, emptyDir: {} };
  const items = within(sourceDefaults(volume), "downwardAPI", (one) => each(one, "items", fieldDefaults));
  const projected = within(items, "projected", (one) =>
    each(one, "sources", (source) =>
      within(source, "serviceAccountToken", (token) => filled(token, { expirationSeconds: 3_600 })),
    ),
  );
  return within(projected, "ephemeral", (one) =>
    within(one, "volumeClaimTemplate", (claim) =>
      filled(claim, { metadata: {}, spec: { resources: {}, volumeMode: "Filesystem" } }),
    ),
  );
}

/** On the network of its host, a container's ports are ports of the host. */
function hostPorts(container: JsonObject): JsonObject {
  return each(container, "ports", (port) => {
    const { containerPort } = port;
    return containerPort === undefined ? port : filled(port, { hostPort: containerPort });
  });
}

/** What is limited and not requested is requested as it is limited. */
function requested(container: JsonObject): JsonObject {
  return within(container, "resources", (resources) => {
    const limits: Json | undefined = resources["limits"];
    return isObject(limits) ? filled(resources, { requests: limits }) : resources;
  });
}
