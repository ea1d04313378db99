# METADATA
# title: An empty directory does not delete everything
# description: >-
#   With allowEmpty, an Application that finds no manifests deletes all of its objects.
#    Leave it off.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning-with-allow-empty
# custom:
#   severity: high
#   level: warn
#   controls:
#   - argocd/data-loss
#   fix:
#     in: object
#     set:
#       /spec/syncPolicy/automated/allowEmpty: false
package portcullis.argocd.allow_empty

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
	input.spec.syncPolicy.automated.prune == true
	input.spec.syncPolicy.automated.allowEmpty == true
	message := sprintf("Application %q deletes all of its objects if it finds no manifests", [kubernetes.name])
}
