// Command kustomize is Kustomize, and what Flux does after it, as a WebAssembly reactor: files in, manifests out.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["kustomize"] = kustomizeOperation
	reactor.Operations["substitute"] = substituteOperation
}

func main() {}
