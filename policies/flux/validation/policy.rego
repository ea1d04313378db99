# METADATA
# title: Charts are validated before they are applied
# description: >-
#   With validation disabled, Flux installs what Kubernetes or the chart's own schema would refuse.
#    Correct the values, or the chart.
# related_resources:
# - ref: https://fluxcd.io/flux/components/helm/helmreleases/#install-configuration
# custom:
#   severity: low
#   level: warn
#   controls:
#   - flux/reliability
package portcullis.flux.validation

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "HelmRelease"
	startswith(input.apiVersion, "helm.toolkit.fluxcd.io/")
	some action in ["install", "upgrade"]
	some field in ["disableOpenAPIValidation", "disableSchemaValidation"]
	input.spec[action][field] == true
	message := sprintf("HelmRelease %q sets %s.%s", [kubernetes.name, action, field])
}
