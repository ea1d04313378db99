package main

import (
	"bytes"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// dockerfilePlaces has the lines of the instructions, in the order in which conftest's parser lists them: the comments
// before an instruction are instructions of their own there.
func dockerfilePlaces(source []byte) []place {
	result, err := parser.Parse(bytes.NewReader(source))
	if err != nil {
		return nil
	}
	var found []place
	index := 0
	for _, child := range result.AST.Children {
		first := child.StartLine - len(child.PrevComment)
		for i := range child.PrevComment {
			found = append(found, place{Pointer: at("/0", index), Line: max(1, first+i), EndLine: max(1, first+i)})
			index++
		}
		found = append(found, place{Pointer: at("/0", index), Line: child.StartLine, EndLine: max(child.StartLine, child.EndLine)})
		index++
	}
	return found
}
