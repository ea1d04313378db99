package portcullis.argocd.insecure_source_test

import rego.v1

import data.portcullis.argocd.insecure_source

application(spec) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": spec}

test_addresses_without_encryption_are_denied if {
	insecure_source.deny == {"Application \"web\" is fetched over http://"} with input as application({"source": {"repoURL": "http://git.example.com/web"}})
	insecure_source.deny == {"Application \"web\" is fetched over git://"} with input as application({"sources": [{"repoURL": "https://a"}, {"repoURL": "git://git.example.com/web"}]})
}

test_other_addresses_are_accepted if {
	every url in ["https://git.example.com/web", "git@git.example.com:web", "oci://registry.example.com/web", "http://gitea.tools.svc:3000/web", "http://localhost/web", "http://u@127.0.0.1:80"] {
		count(insecure_source.deny) == 0 with input as application({"source": {"repoURL": url}})
	}
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(insecure_source.deny) == 0 with input as object.union(application({"source": {"repoURL": "http://git.example.com/web"}}), other)
		count(insecure_source.deny) == 0 with input as object.union(application({"sources": [{"repoURL": "http://git.example.com/web"}]}), other)
	}
}

repository(type, insecure) := {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web", "labels": {"argocd.argoproj.io/secret-type": type}}, "stringData": {"insecure": insecure}}

test_servers_that_are_not_verified_are_denied if {
	every type in ["repository", "repo-creds"] {
		insecure_source.deny == {"the server of repository \"web\" is not verified"} with input as repository(type, "true")
		count(insecure_source.deny) == 0 with input as repository(type, "false")
	}
	count(insecure_source.deny) == 0 with input as repository("cluster", "true")
	count(insecure_source.deny) == 0 with input as object.union(repository("repository", "true"), {"kind": "ConfigMap"})
}
