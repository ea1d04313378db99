# METADATA
# title: Namespaces of tenants have a quota
# description: >-
#   Without a ResourceQuota, one team can take all nodes of the cluster.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/policy/resource-quotas/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - NSA/resource-limits
package portcullis.namespaces.quota

import rego.v1

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Namespace"
	name := input.metadata.name
	not startswith(name, "kube-")
	count(workloads) > 0
	not limited
	message := sprintf("namespace %q has no ResourceQuota", [name])
}

workloads contains name if some name, _ in data.portcullis.inventory.namespace[input.metadata.name]["apps/v1"].Deployment

workloads contains name if some name, _ in data.portcullis.inventory.namespace[input.metadata.name]["apps/v1"].StatefulSet

limited if count(data.portcullis.inventory.namespace[input.metadata.name].v1.ResourceQuota) > 0
