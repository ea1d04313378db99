// Command opa is OPA's compiler, tester, formatter and evaluator as a WebAssembly reactor: bytes in, bytes out.
package main

import "portcullis.dev/toolchain/reactor"

func init() {
	reactor.Operations["compile"] = compileOperation
	reactor.Operations["test"] = testOperation
	reactor.Operations["format"] = formatOperation
	reactor.Operations["evaluate"] = evaluateOperation
	reactor.Operations["builtin"] = builtinOperation
	reactor.Operations["trace"] = traceOperation
	reactor.Operations["versions"] = versionsOperation
}

func main() {}
