# METADATA
# title: Production follows a version
# description: >-
#   An Application for production that follows HEAD deploys each commit at once.
#    Name a tag, a commit or a branch for releases.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - argocd/drift
package portcullis.argocd.production_revision

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
	production
	some source in sources
	not source.chart
	object.get(source, "targetRevision", "HEAD") in {"HEAD", ""}
	message := sprintf("Application %q follows HEAD in production", [kubernetes.name])
}

sources contains input.spec.source

sources contains source if some source in input.spec.sources

production if startswith(data.portcullis.environment, "prod")

production if {
	some text in [input.metadata.name, object.get(input.spec.destination, "name", ""), object.get(input.spec.destination, "namespace", "")]
	regex.match(`(^|[-_.])prod(uction)?([-_.]|$)`, text)
}
