package portcullis.flux.service_account_test

import rego.v1

import data.portcullis.flux.service_account

object_of(kind, api_version, namespace, spec) := {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "namespace": namespace}, "spec": spec}

test_no_account_is_denied if {
	service_account.deny == {"Kustomization \"web\" is applied with the rights of Flux"} with input as object_of("Kustomization", "kustomize.toolkit.fluxcd.io/v1", "team-a", {})
	service_account.deny == {"HelmRelease \"web\" is applied with the rights of Flux"} with input as object_of("HelmRelease", "helm.toolkit.fluxcd.io/v2", "team-a", {})
	count(service_account.deny) == 1 with input as {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "web"}, "spec": {}}
}

test_accounts_and_other_clusters_are_accepted if {
	count(service_account.deny) == 0 with input as object_of("HelmRelease", "helm.toolkit.fluxcd.io/v2", "team-a", {"serviceAccountName": "team-a"})
	count(service_account.deny) == 0 with input as object_of("HelmRelease", "helm.toolkit.fluxcd.io/v2", "team-a", {"kubeConfig": {"secretRef": {"name": "x"}}})
}

test_the_namespace_of_the_platform_is_accepted if {
	count(service_account.deny) == 0 with input as object_of("Kustomization", "kustomize.toolkit.fluxcd.io/v1", "flux-system", {})
}

test_other_kinds_are_not_judged if {
	count(service_account.deny) == 0 with input as object_of("Kustomization", "kustomize.config.k8s.io/v1beta1", "team-a", {})
	count(service_account.deny) == 0 with input as object_of("HelmChart", "helm.toolkit.fluxcd.io/v2", "team-a", {})
	count(service_account.deny) == 0 with input as object_of("HelmRelease", "x.helm.toolkit.fluxcd.io/v2", "team-a", {})
}
