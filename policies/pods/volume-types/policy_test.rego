package portcullis.pods.volume_types_test

import rego.v1

import data.portcullis.pods.volume_types

with_volume(source) := {"kind": "Pod", "spec": {"volumes": [object.union({"name": "data"}, source)], "containers": [{"name": "web"}]}}

test_a_server_is_denied if {
	volume_types.deny == {"volume \"data\" is of type nfs"} with input as with_volume({"nfs": {"server": "10.0.0.1", "path": "/"}})
}

test_freely_usable_types_are_accepted if {
	every source in [{"emptyDir": {}}, {"persistentVolumeClaim": {"claimName": "data"}}, {"image": {"reference": "a:1"}}, {}, {"emptyDir": {}, "nfs": null}] {
		count(volume_types.deny) == 0 with input as with_volume(source)
	}
}

test_a_path_of_the_node_is_left_to_its_own_policy if {
	count(volume_types.deny) == 0 with input as with_volume({"hostPath": {"path": "/"}})
}
