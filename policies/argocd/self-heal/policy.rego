# METADATA
# title: Automated Applications follow Git in both directions
# description: >-
#   Without prune, what leaves Git stays in the cluster. Without selfHeal, what people change in the cluster stays
#   changed.
#    Set both.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - argocd/drift
package portcullis.argocd.self_heal

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
	automated := input.spec.syncPolicy.automated
	not automated.enabled == false
	missing := [field |
		some field in ["prune", "selfHeal"]
		object.get(automated, field, false) != true
	]
	count(missing) > 0
	message := sprintf("Application %q is automated without %s", [kubernetes.name, concat(" and ", missing)])
}
