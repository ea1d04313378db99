package main

import (
	"context"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types/ref"
)

// evaluate runs a program that watches what it reads.
type evaluate func(to *recorder)

// placeOf tells where in an object an expression that failed points to: what it read last, which is what decided. What
// belongs to lists that were iterated without an element ending that (no element of `exists` fits) counts as the list.
func placeOf(run evaluate) (place []any, reads [][]any) {
	forward := &recorder{}
	run(forward)
	if len(forward.reads) == 0 {
		return nil, nil
	}
	backward := &recorder{backward: true}
	run(backward)
	whole := map[string]bool{}
	for key, size := range forward.ended {
		if _, ended := backward.ended[key]; ended && size > 1 {
			whole[key] = true
		}
	}
	reads = leaves(forward.reads)
	for at := len(forward.reads) - 1; at >= 0; at-- {
		path := forward.reads[at]
		if outermost := enclosing(path, whole); outermost == nil {
			return path, reads
		} else if place == nil {
			place = outermost
		}
	}
	return place, reads
}

// enclosing returns the outermost of the lists that a path leads into, or nil.
func enclosing(path []any, lists map[string]bool) []any {
	for length := range path {
		if lists[keyOf(path[:length])] {
			return path[:length]
		}
	}
	return nil
}

// maxLeaves bounds what is handed over of the values that an expression read.
const maxLeaves = 16

// leaves returns the values that were read themselves, each once, the last first.
func leaves(reads [][]any) [][]any {
	seen := map[string]bool{}
	var found [][]any
	for at := len(reads) - 1; at >= 0 && len(found) < maxLeaves; at-- {
		key := keyOf(reads[at])
		if !seen[key] {
			found = append(found, reads[at])
		}
		for length := range reads[at] {
			seen[keyOf(reads[at][:length])] = true
		}
		seen[key] = true
	}
	return found
}

// names is an activation of a fixed set of names.
type names map[string]any

func (n names) ResolveName(name string) (any, bool) {
	value, known := n[name]
	return value, known
}

func (n names) Parent() cel.Activation { return nil }

// run evaluates a program for what it reads; a panic of it is of no consequence.
func run(ctx context.Context, program cel.Program, activation cel.Activation) (result ref.Val) {
	defer func() {
		_ = recover()
	}()
	result, _, _ = program.ContextEval(ctx, activation)
	return result
}
