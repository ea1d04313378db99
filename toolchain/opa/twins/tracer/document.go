package tracer

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// Document finds the objects and lists of an input again by their address: OPA's evaluator hands them on without copying.
type Document struct {
	root  ast.Value
	paths map[ast.Value][]any
}

func NewDocument(root ast.Value) *Document {
	d := &Document{root, map[ast.Value][]any{}}
	d.index(root, []any{})
	return d
}

func (d *Document) index(v ast.Value, path []any) {
	child := func(key any, t *ast.Term) {
		next := make([]any, len(path), len(path)+1)
		copy(next, path)
		d.index(t.Value, append(next, key))
	}
	switch x := v.(type) {
	case *ast.Array:
		d.paths[x] = path
		for i := range x.Len() {
			child(i, x.Elem(i))
		}
	case ast.Object:
		d.paths[x] = path
		x.Foreach(func(k, t *ast.Term) {
			if s, ok := k.Value.(ast.String); ok {
				child(string(s), t)
			}
		})
	}
}

// Find is the path of an object or list of the document.
func (d *Document) Find(v ast.Value) ([]any, bool) {
	switch v.(type) {
	case *ast.Array, ast.Object:
		path, ok := d.paths[v]
		return path, ok
	}
	return nil, false
}

// follow leads from a place along keys: the keys that exist, those that do not, and the value at the last that does.
func follow(v ast.Value, path []any, keys []*ast.Term) ([]any, []string, ast.Value) {
	reached := append([]any{}, path...)
	for i, k := range keys {
		var next *ast.Term
		var key any
		switch x := v.(type) {
		case *ast.Array:
			if n, ok := k.Value.(ast.Number); ok {
				if j, ok := n.Int(); ok && j >= 0 && j < x.Len() {
					next, key = x.Elem(j), j
				}
			}
		case ast.Object:
			next = x.Get(k)
			if s, ok := k.Value.(ast.String); ok {
				key = string(s)
			} else {
				next = nil
			}
		}
		if next == nil {
			missing := []string{}
			for _, m := range keys[i:] {
				missing = append(missing, keyText(m))
			}
			return reached, missing, v
		}
		reached, v = append(reached, key), next.Value
	}
	return reached, nil, v
}

func keyText(t *ast.Term) string {
	if s, ok := t.Value.(ast.String); ok {
		return string(s)
	}
	return t.String()
}
