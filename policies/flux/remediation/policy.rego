# METADATA
# title: Failed releases are tried again
# description: >-
#   Without remediation, a HelmRelease that fails once stays failed until someone acts.
#    Set retries for install and upgrade, or the strategy RetryOnFailure.
# related_resources:
# - ref: https://fluxcd.io/flux/components/helm/helmreleases/#configuring-failure-handling
# custom:
#   severity: low
#   level: warn
#   controls:
#   - flux/reliability
package portcullis.flux.remediation

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "HelmRelease"
	startswith(input.apiVersion, "helm.toolkit.fluxcd.io/")
	missing := [action |
		some action in ["install", "upgrade"]
		not retried(action)
	]
	count(missing) > 0
	message := sprintf("HelmRelease %q is not tried again after a failed %s", [kubernetes.name, concat(" or ", missing)])
}

retried(action) if input.spec[action].strategy.name

retried(action) if input.spec[action].remediation.retries != 0
