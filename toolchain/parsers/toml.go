package main

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlPlaces reads where keys are: the parser that makes the value does not tell.
func tomlPlaces(source []byte) []place {
	walk := tomlWalk{source: source, counts: map[string]int{}, known: map[string]bool{}}
	walk.parser.Reset(source)
	prefix := ""
	for walk.parser.NextExpression() {
		node := walk.parser.Expression()
		switch node.Kind {
		case unstable.Table:
			prefix = walk.keys("", node.Key())
		case unstable.ArrayTable:
			prefix = walk.keys("", node.Key())
			index := walk.counts[prefix]
			walk.counts[prefix]++
			prefix = at(prefix, index)
			walk.add(prefix, walk.line(keyOf(node)), 0)
		case unstable.KeyValue:
			walk.keyValue(prefix, node)
		}
	}
	return walk.found
}

type tomlWalk struct {
	parser unstable.Parser
	source []byte
	found  []place
	counts map[string]int
	known  map[string]bool
}

func (w *tomlWalk) add(pointer string, line, endLine int) {
	if w.known[pointer] || line == 0 {
		return
	}
	w.known[pointer] = true
	w.found = append(w.found, place{Pointer: pointer, Line: line, EndLine: max(line, endLine)})
}

func (w *tomlWalk) keyValue(prefix string, node *unstable.Node) {
	pointer := w.keys(prefix, node.Key())
	w.value(pointer, node.Value())
}

func (w *tomlWalk) value(pointer string, node *unstable.Node) {
	index := 0
	children := node.Children()
	for (node.Kind == unstable.Array || node.Kind == unstable.InlineTable) && children.Next() {
		child := children.Node()
		switch {
		case node.Kind == unstable.InlineTable && child.Kind == unstable.KeyValue:
			w.keyValue(pointer, child)
		case node.Kind == unstable.Array && child.Kind != unstable.Comment:
			w.add(at(pointer, index), w.line(child), 0)
			w.value(at(pointer, index), child)
			index++
		}
	}
}

// keys adds the places of a dotted key and its parts, and returns its pointer. A part that is a list of tables means its last.
func (w *tomlWalk) keys(pointer string, parts unstable.Iterator) string {
	for parts.Next() {
		node := parts.Node()
		if count := w.counts[pointer]; count > 0 && pointer != "" {
			pointer = at(pointer, count-1)
		}
		pointer = below(pointer, string(node.Data))
		w.add(pointer, w.line(node), 0)
	}
	return pointer
}

func keyOf(node *unstable.Node) *unstable.Node {
	parts := node.Key()
	parts.Next()
	return parts.Node()
}

// line is 0 where the parser does not tell where a node is.
func (w *tomlWalk) line(node *unstable.Node) int {
	if node.Raw.Length == 0 {
		return 0
	}
	return 1 + bytes.Count(w.source[:node.Raw.Offset], []byte("\n"))
}
