/** The tools whose skips are converted. */
export const skippingTools = ["checkov", "kube-linter", "polaris", "trivy", "datree"] as const;

/** One of these tools. */
export type SkippingTool = (typeof skippingTools)[number];

/** The shipped policies that find what a check of another tool finds. */
const policies: { readonly [policy: string]: { readonly [tool in SkippingTool]?: readonly string[] } } = {
  "pods/privileged": {
    checkov: ["CKV_K8S_16"],
    "kube-linter": ["privileged-container"],
    polaris: ["runAsPrivileged"],
    trivy: ["KSV017"],
    datree: ["CONTAINERS_INCORRECT_PRIVILEGED_VALUE_TRUE"],
  },
  "pods/privilege-escalation": {
    checkov: ["CKV_K8S_20"],
    "kube-linter": ["privilege-escalation-container"],
    polaris: ["privilegeEscalationAllowed"],
    trivy: ["KSV001"],
    datree: ["CONTAINERS_MISSING_KEY_ALLOWPRIVILEGEESCALATION"],
  },
  "pods/run-as-non-root": {
    checkov: ["CKV_K8S_23"],
    "kube-linter": ["run-as-non-root"],
    polaris: ["runAsRootAllowed"],
    trivy: ["KSV012"],
    datree: ["CONTAINERS_INCORRECT_RUNASNONROOT_VALUE_FALSE"],
  },
  // The library asks for one or the other.
  "pods/root-user": {
    checkov: ["CKV_K8S_23"],
    "kube-linter": ["run-as-non-root"],
    polaris: ["runAsRootAllowed"],
    trivy: ["KSV012"],
    datree: ["CONTAINERS_INCORRECT_RUNASNONROOT_VALUE_FALSE"],
  },
  "pods/host-namespaces": {
    checkov: ["CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"],
    "kube-linter": ["host-ipc", "host-network", "host-pid"],
    polaris: ["hostIPCSet", "hostNetworkSet", "hostPIDSet"],
    trivy: ["KSV008", "KSV009", "KSV010"],
  },
  "pods/host-ports": { checkov: ["CKV_K8S_26"], polaris: ["hostPortSet"], trivy: ["KSV024"] },
  "pods/host-path": { "kube-linter": ["sensitive-host-mounts"], trivy: ["KSV023"] },
  "pods/drop-capabilities": {
    checkov: ["CKV_K8S_28", "CKV_K8S_37"],
    "kube-linter": ["drop-net-raw-capability"],
    trivy: ["KSV003"],
  },
  "pods/seccomp": { checkov: ["CKV_K8S_31"], trivy: ["KSV030"] },
  "pods/sysctls": { "kube-linter": ["unsafe-sysctls"], trivy: ["KSV026"] },
  "pods/service-account-token": { checkov: ["CKV_K8S_38"], trivy: ["KSV036"] },
  "images/tag": {
    checkov: ["CKV_K8S_14"],
    "kube-linter": ["latest-tag"],
    polaris: ["tagNotSpecified"],
    trivy: ["KSV013"],
    datree: ["CONTAINERS_MISSING_IMAGE_VALUE_VERSION"],
  },
  "images/digest": { checkov: ["CKV_K8S_43"], datree: ["CONTAINERS_MISSING_IMAGE_VALUE_DIGEST"] },
  "images/pull-policy": { checkov: ["CKV_K8S_15"], polaris: ["pullPolicyNotAlways"] },
  "workloads/probes": {
    checkov: ["CKV_K8S_8", "CKV_K8S_9"],
    "kube-linter": ["no-liveness-probe", "no-readiness-probe"],
    polaris: ["livenessProbeMissing", "readinessProbeMissing"],
    datree: ["CONTAINERS_MISSING_LIVENESSPROBE_KEY", "CONTAINERS_MISSING_READINESSPROBE_KEY"],
  },
  "workloads/resources": {
    checkov: ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"],
    "kube-linter": ["unset-cpu-requirements", "unset-memory-requirements"],
    polaris: ["cpuLimitsMissing", "cpuRequestsMissing", "memoryLimitsMissing", "memoryRequestsMissing"],
    trivy: ["KSV011", "KSV015", "KSV016", "KSV018"],
    datree: [
      "CONTAINERS_MISSING_CPU_LIMIT_KEY",
      "CONTAINERS_MISSING_CPU_REQUEST_KEY",
      "CONTAINERS_MISSING_MEMORY_LIMIT_KEY",
      "CONTAINERS_MISSING_MEMORY_REQUEST_KEY",
    ],
  },
  "availability/replicas": { "kube-linter": ["minimum-three-replicas"] },
  "secrets/environment": { "kube-linter": ["env-var-secret"] },
  "namespaces/default-namespace": { checkov: ["CKV_K8S_21"], "kube-linter": ["use-namespace"] },
  "rbac/cluster-admin": { "kube-linter": ["cluster-admin-role-binding"] },
  "rbac/wildcards": { checkov: ["CKV_K8S_49"], "kube-linter": ["wildcard-in-rules"] },
  "rbac/secrets": { "kube-linter": ["access-to-secrets"], trivy: ["KSV041"] },
  "rbac/create-pods": { "kube-linter": ["access-to-create-pods"] },
};

/** The policies that find what a check finds; none where none is known. */
export function policiesOfCheck(tool: SkippingTool, check: string): readonly string[] {
  // Trivy has had several forms of one number.
  const [, digits] = /^(?:AVD-)?KSV-?0*(\d{3,4})$/.exec(check) ?? [];
  const id = tool === "trivy" && digits !== undefined ? `KSV${digits.slice(-3)}` : check;
  return Object.entries(policies).flatMap(([policy, tools]) => (tools[tool]?.includes(id) === true ? [policy] : []));
}
