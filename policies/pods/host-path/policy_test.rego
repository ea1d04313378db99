package portcullis.pods.host_path_test

import rego.v1

import data.portcullis.pods.host_path

test_host_path_volume_is_denied if {
	volumes := [{"name": "config", "configMap": {"name": "web"}}, {"name": "run", "hostPath": {"path": "/var/run"}}]
	host_path.deny == {"volume \"run\" mounts \"/var/run\" of the node"} with input as {"kind": "Pod", "spec": {"volumes": volumes}}
}

test_other_volumes_are_accepted if {
	count(host_path.deny) == 0 with input as {"kind": "Pod", "spec": {"volumes": [{"name": "tmp", "emptyDir": {}}]}}
}

test_a_persistent_volume_of_a_directory_of_the_node_is_denied if {
	count(host_path.deny) == 1 with input as {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "a"}, "spec": {"hostPath": {"path": "/"}}}
	count(host_path.deny) == 0 with input as {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "a"}, "spec": {"nfs": {"path": "/"}}}
}
