package main

import "encoding/json"

// maxKept bounds what is kept compiled: beyond it the oldest goes, and is asked for again where it is needed.
const maxKept = 256

// definitions keeps what was compiled, by the digest under which the host knows it.
type definitions[T any] struct {
	byDigest map[string]T
	order    []string
}

// find returns what is known under a digest, compiling it where the definition is sent along.
func (d *definitions[T]) find(digest string, definition json.RawMessage, compile func(json.RawMessage) T) (found T, known bool) {
	if found, known = d.byDigest[digest]; known || definition == nil {
		return found, known
	}
	if d.byDigest == nil {
		d.byDigest = map[string]T{}
	}
	if len(d.order) >= maxKept {
		delete(d.byDigest, d.order[0])
		d.order = d.order[1:]
	}
	found = compile(definition)
	d.byDigest[digest] = found
	d.order = append(d.order, digest)
	return found, true
}
