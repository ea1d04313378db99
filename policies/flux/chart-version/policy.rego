# METADATA
# title: Helm charts are pinned to a version
# description: >-
#   A chart without a version, or with a range, upgrades itself without a commit.
#   Pin one version.
# related_resources:
# - ref: https://fluxcd.io/flux/components/helm/helmreleases/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - flux/drift
package portcullis.flux.chart_version

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	release
	chart := input.spec.chart.spec
	not in_a_directory(chart)
	not chart.version

	# portcullis-lint ignore: silent-message a chart without a name is refused by its schema
	message := sprintf("HelmRelease %q installs the newest version of chart %q", [kubernetes.name, chart.chart])
}

deny contains message if {
	release
	chart := input.spec.chart.spec
	not in_a_directory(chart)
	moving(chart.version)

	# portcullis-lint ignore: silent-message a chart without a name is refused by its schema
	message := sprintf("HelmRelease %q installs chart %q in version range %q", [kubernetes.name, chart.chart, chart.version])
}

# Flux ignores the version of a chart that lies in a directory of its source: the commit is its version.
in_a_directory(chart) if chart.sourceRef.kind in {"GitRepository", "Bucket"}

moving(version) if regex.match(`[<>~^|,]|\s-\s|(^|\.)[*xX]($|\.)`, version)

release if {
	startswith(input.apiVersion, "helm.toolkit.fluxcd.io/")
	input.kind == "HelmRelease"
}
