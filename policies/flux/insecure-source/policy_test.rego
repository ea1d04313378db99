package portcullis.flux.insecure_source_test

import rego.v1

import data.portcullis.flux.insecure_source

source(kind, spec) := {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind, "metadata": {"name": "charts"}, "spec": spec}

test_addresses_without_encryption_are_denied if {
	insecure_source.deny == {"HelmRepository \"charts\" is fetched over http://"} with input as source("HelmRepository", {"url": "http://charts.example.com"})
	insecure_source.deny == {"GitRepository \"charts\" is fetched over git://"} with input as source("GitRepository", {"url": "git://git.example.com/charts.svc/x"})
}

test_insecure_servers_are_denied if {
	every kind in ["HelmRepository", "OCIRepository", "Bucket"] {
		insecure_source.deny == {sprintf("%s \"charts\" is fetched without encryption", [kind])} with input as source(kind, {"url": "oci://registry.example.com/charts", "insecure": true})
	}
}

test_encrypted_addresses_are_accepted if {
	every url in ["https://charts.example.com", "ssh://git@git.example.com/charts", "oci://registry.example.com/charts"] {
		count(insecure_source.deny) == 0 with input as source("GitRepository", {"url": url, "insecure": false})
	}
}

test_addresses_in_the_cluster_are_accepted if {
	every url in ["http://charts.tools.svc.cluster.local:8080/x", "http://charts.tools.svc", "http://localhost:8080", "http://user@127.0.0.1/"] {
		count(insecure_source.deny) == 0 with input as source("HelmRepository", {"url": url})
	}
	count(insecure_source.deny) == 0 with input as source("Bucket", {"endpoint": "minio.storage.svc:9000", "insecure": true})
	count(insecure_source.deny) == 1 with input as source("HelmRepository", {"url": "http://charts.svcx.example.com"})
}

test_other_kinds_are_not_judged if {
	count(insecure_source.deny) == 0 with input as source("HelmChart", {"url": "http://charts.example.com"})
	count(insecure_source.deny) == 0 with input as object.union(source("Bucket", {"insecure": true}), {"apiVersion": "example.com/v1"})
}
