# METADATA
# title: Differences are ignored field by field
# description: >-
#   An Application that ignores the whole spec of an object, or the whole object, shows it as synced whatever the
#   cluster runs.
#    Name the fields.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - argocd/drift
package portcullis.argocd.ignore_differences

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	application
	some entry in input.spec.ignoreDifferences
	some field in ["jsonPointers", "jqPathExpressions"]
	some path in entry[field]
	path in {"", "/", "/spec", "/data", ".", ".spec", ".data"}
	message := sprintf("Application %q ignores all of %q in %s", [kubernetes.name, path, object.get(entry, "kind", "every kind")])
}

deny contains message if {
	application
	some entry in input.spec.ignoreDifferences
	some manager in entry.managedFieldsManagers
	manager == "*"
	message := sprintf("Application %q ignores what any manager sets in %s", [kubernetes.name, object.get(entry, "kind", "every kind")])
}

application if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
}
