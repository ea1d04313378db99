// Command helm is what `helm template` does, and the Go templates of Argo CD, as a WebAssembly reactor: bytes in, bytes out.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["helm"] = helmOperation
	reactor.Operations["helmLines"] = helmLinesOperation
	reactor.Operations["goTemplate"] = goTemplateOperation
}

func main() {}
