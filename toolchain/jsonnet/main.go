// Command jsonnet is what Argo CD does with the Jsonnet files of a directory, as a WebAssembly reactor: bytes in, bytes out.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["jsonnet"] = jsonnetOperation
}

func main() {}
