# METADATA
# title: Roles create no persistent volumes
# description: >-
#   A PersistentVolume may be a directory of a node. Let the storage provisioner create volumes; ask for them with a
#   PersistentVolumeClaim.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.9
#   - NSA/authorization
package portcullis.rbac.persistent_volumes

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.rbac

deny contains message if {
	some rule in rbac.rules
	rbac.of_group(rule, {""})
	some resource in rule.resources
	resource in {"persistentvolumes"}
	verbs := rbac.verbs(rule, {"create"})
	message := sprintf("%s %q grants %s on %s", [input.kind, kubernetes.name, verbs, resource])
}
