// Command helm is what `helm template` does, the Go templates of Argo CD and of the Flux Operator, and ranges of versions, as a WebAssembly reactor: bytes in, bytes out.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["helm"] = helmOperation
	reactor.Operations["helmLines"] = helmLinesOperation
	reactor.Operations["goTemplate"] = goTemplateOperation
	reactor.Operations["resourceSet"] = resourceSetOperation
	reactor.Operations["versions"] = versionsOperation
}

func main() {}
