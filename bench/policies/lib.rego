package lib.workload

import rego.v1

# The pod that a workload creates, whatever its kind.
pod := input if input.kind == "Pod"

pod := input.spec.jobTemplate.spec.template if input.kind == "CronJob"

pod := input.spec.template if input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}

containers contains container if some container in pod.spec.containers

containers contains container if some container in pod.spec.initContainers

label := sprintf("%s/%s", [input.kind, input.metadata.name])
