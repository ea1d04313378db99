package main

import "runtime/debug"

// WebAssembly has one thread: what the garbage collector does beside the program elsewhere, the program does here itself. Each
// request finds the memory as it was at the start, so there is no collection before the heap is this large.
const heapLimit = 160 << 20

func init() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(heapLimit)
}
