# METADATA
# title: Syncs replace nothing and are validated
# description: >-
#   These options delete and create objects, or apply what the API server would call wrong.
#    Put them on the one object that needs them, as an annotation.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - argocd/data-loss
package portcullis.argocd.weak_sync

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
	some option in input.spec.syncPolicy.syncOptions
	option in {"Replace=true", "Force=true", "Validate=false"}
	message := sprintf("Application %q syncs all of its objects with %s", [kubernetes.name, option])
}
