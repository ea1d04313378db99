# METADATA
# title: Releases notice changes in the cluster
# description: >-
#   Without drift detection, a HelmRelease does not notice what people change in the cluster until the next upgrade.
#    Set driftDetection.mode to enabled, or to warn at first.
# related_resources:
# - ref: https://fluxcd.io/flux/components/helm/helmreleases/#drift-detection
# custom:
#   severity: low
#   level: info
#   controls:
#   - flux/drift
package portcullis.flux.drift_detection

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "HelmRelease"
	startswith(input.apiVersion, "helm.toolkit.fluxcd.io/v2")
	not detects
	message := sprintf("HelmRelease %q does not notice changes in the cluster", [kubernetes.name])
}

detects if input.spec.driftDetection.mode in {"enabled", "warn"}
