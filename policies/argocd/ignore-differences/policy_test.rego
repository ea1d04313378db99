package portcullis.argocd.ignore_differences_test

import rego.v1

import data.portcullis.argocd.ignore_differences

application_of(entry) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"ignoreDifferences": [object.union({"kind": "Deployment"}, entry)]}}

test_whole_objects_are_denied if {
	every pointer in ["", "/", "/spec", "/data"] {
		ignore_differences.deny == {sprintf("Application \"web\" ignores all of %q in Deployment", [pointer])} with input as application_of({"jsonPointers": ["/metadata/labels", pointer]})
	}
	every path in [".", ".spec", ".data"] {
		count(ignore_differences.deny) == 1 with input as application_of({"jqPathExpressions": [path]})
	}
	ignore_differences.deny == {"Application \"web\" ignores what any manager sets in Deployment"} with input as application_of({"managedFieldsManagers": ["*"]})
}

test_fields_are_accepted if {
	count(ignore_differences.deny) == 0 with input as application_of({"jsonPointers": ["/spec/replicas"], "jqPathExpressions": [".spec.replicas"], "managedFieldsManagers": ["kube-controller-manager"]})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(ignore_differences.deny) == 0 with input as object.union(application_of({"jsonPointers": ["/spec"], "managedFieldsManagers": ["*"]}), other)
	}
}
