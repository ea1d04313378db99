// Command parsers is conftest's own parsers of configuration files as a WebAssembly reactor: bytes in, bytes out.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["parse"] = parseOperation
}

func main() {}
