# METADATA
# title: Repositories are fetched over encrypted connections
# description: >-
#   What Argo CD fetches over plain HTTP, or without verifying the server, anyone on the way can replace.
#    Use https or ssh.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/private-repositories/
# custom:
#   severity: high
#   controls:
#   - argocd/supply-chain
#   - SLSA/source
package portcullis.argocd.insecure_source

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	application
	some source in sources
	not is_excluded_host(source.repoURL)
	some scheme in ["http://", "git://"]
	startswith(source.repoURL, scheme)
	message := sprintf("Application %q is fetched over %s", [kubernetes.name, scheme])
}

deny contains message if {
	input.kind == "Secret"
	input.metadata.labels["argocd.argoproj.io/secret-type"] in {"repository", "repo-creds"}
	input.stringData.insecure == "true"
	message := sprintf("the server of repository %q is not verified", [kubernetes.name])
}

application if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
}

sources contains input.spec.source

sources contains source if some source in input.spec.sources

is_excluded_host(url) if regex.match(`^[a-z]+://([^/@]*@)?([a-z0-9.-]+\.svc(\.[a-z0-9.-]+)?|localhost|127\.0\.0\.1)(:[0-9]+)?(/|$)`, url)
