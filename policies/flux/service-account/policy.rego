# METADATA
# title: Tenants are applied with rights of their own
# description: >-
#   Without serviceAccountName, Flux applies an object with its own rights, which are those of an administrator.
#    Name a ServiceAccount of the tenant.
# related_resources:
# - ref: https://fluxcd.io/flux/installation/configuration/multitenancy/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - flux/least-privilege
#   - NSA/authorization
package portcullis.flux.service_account

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"Kustomization", "HelmRelease"}
	regex.match(`^(kustomize|helm)\.toolkit\.fluxcd\.io/`, input.apiVersion)
	object.get(input.metadata, "namespace", "") != "flux-system"
	not input.spec.kubeConfig
	not input.spec.serviceAccountName
	message := sprintf("%s %q is applied with the rights of Flux", [input.kind, kubernetes.name])
}
