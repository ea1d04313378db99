package main

import (
	"runtime"
	"runtime/debug"
)

// WebAssembly has one thread: what the garbage collector does beside the program elsewhere, the program does here itself,
// and a collection that begins in the middle of a build takes the heap far beyond what it needs. So there is none during a
// build before the heap is this large, and between builds as soon as there is something to collect.
const (
	heapLimit  = 160 << 20
	worthwhile = 32 << 20
)

func init() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(heapLimit)
}

// collect is called between builds.
func collect() {
	var stats runtime.MemStats
	if runtime.ReadMemStats(&stats); stats.HeapAlloc > worthwhile {
		runtime.GC()
	}
}
