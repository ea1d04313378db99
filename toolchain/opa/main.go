// Command opa is OPA's compiler, tester, formatter and evaluator as a WebAssembly reactor: bytes in, bytes out.
package main

import (
	"runtime/debug"

	"portcullis.dev/toolchain/reactor"
)

func init() {
	// Compiling makes much garbage in a short time, and one thread does everything: collect later, until memory is short.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(384 << 20)
	reactor.Operations["compile"] = compileOperation
	reactor.Operations["test"] = testOperation
	reactor.Operations["format"] = formatOperation
	reactor.Operations["evaluate"] = evaluateOperation
	reactor.Operations["builtin"] = builtinOperation
	reactor.Operations["trace"] = traceOperation
	reactor.Operations["explain"] = explainOperation
	reactor.Operations["lint"] = lintOperation
	reactor.Operations["versions"] = versionsOperation
}

func main() {}
