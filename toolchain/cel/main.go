// Command cel answers what the API server answers with CEL, as a WebAssembly reactor: the rules of custom resources
// (x-kubernetes-validations) and ValidatingAdmissionPolicies, by the API server's own packages.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["rules"] = rulesOperation
	reactor.Operations["policies"] = policiesOperation
}

func main() {}
