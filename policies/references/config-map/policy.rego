# METADATA
# title: Pods use ConfigMaps that exist
# description: >-
#   A workload uses a ConfigMap that its namespace does not have. Its pods do not start.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/configmap/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.config_map

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob", "Pod"}
	others.known
	existing := object.keys(data.portcullis.inventory.namespace[others.namespace].v1.ConfigMap)
	some name in used
	not name in ((existing | created) | copied)
	not others.is_made(name)
	message := sprintf("%s %q uses ConfigMap %q, which does not exist", [input.kind, kubernetes.name, name])
}

# What the cluster, a mesh or trust-manager puts into every namespace.
created := {"kube-root-ca.crt", "istio-ca-root-cert", "linkerd-identity-trust-roots", "openshift-service-ca.crt"} | bundles

bundles contains name if some name, _ in data.portcullis.inventory.cluster[_].Bundle

# What a controller copies from another namespace.
copied contains name if {
	some name, source in data.portcullis.inventory.namespace[_].v1.ConfigMap
	some annotation, _ in source.metadata.annotations
	split(annotation, "/")[0] in {"reflector.v1.k8s.emberstack.com", "replicator.v1.mittwald.de", "kubed.appscode.com"}
}

used contains source.configMapRef.name if {
	some container in kubernetes.containers
	some source in container.envFrom
	not source.configMapRef.optional == true
}

used contains variable.valueFrom.configMapKeyRef.name if {
	some container in kubernetes.containers
	some variable in container.env
	not variable.valueFrom.configMapKeyRef.optional == true
}

used contains volume.configMap.name if {
	some volume in kubernetes.pod_spec.volumes
	not volume.configMap.optional == true
}
