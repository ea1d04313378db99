package explain

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
)

// values are what the parts of a condition came to in one case.
func (s Setting) values(ctx context.Context, module *ast.Module, expr *ast.Expr, at int, known solution) []Value {
	out := []Value{}
	for _, term := range partsOf(expr) {
		found := s.evaluate(ctx, module, term, known)
		found.Condition = at
		if ref, isRef := term.Value.(ast.Ref); isRef && len(found.Values) == 0 {
			for n := len(ref) - 1; n > 0; n-- {
				near := s.evaluate(ctx, module, ast.NewTerm(ref[:n]), known)
				if n == 1 {
					near = s.evaluate(ctx, module, ref[0], known)
				}
				if len(near.Values) > 0 {
					near.Condition = at
					found.Near = &near
					break
				}
			}
		}
		out = append(out, found)
	}
	return out
}

func (s Setting) evaluate(ctx context.Context, module *ast.Module, term *ast.Term, known solution) Value {
	found := Value{Text: term.String(), Values: []any{}}
	if v, ok := term.Value.(ast.Var); ok && known[v] != nil {
		found.Values = append(found.Values, asJSON(known[v]))
		found.Pointer, _ = s.document.Find(known[v].Value)
		return found
	}
	solutions, err := s.solve(ctx, module, append(bindings(term, known), ast.Equality.Expr(ast.NewTerm(resultVar), term)), maxValues)
	if err != nil {
		return found
	}
	for _, one := range solutions {
		if result := one[resultVar]; result != nil {
			found.Values = append(found.Values, asJSON(result))
		}
	}
	if len(found.Values) == 1 {
		found.Pointer = s.pointerOf(term, known)
	}
	return found
}

// bindings set the variables of a term to what they are known to be.
func bindings(node any, known solution) []*ast.Expr {
	var out []*ast.Expr
	seen := map[ast.Var]bool{}
	ast.WalkVars(node, func(v ast.Var) bool {
		if value := known[v]; value != nil && !seen[v] {
			seen[v] = true
			out = append(out, ast.Equality.Expr(ast.NewTerm(v), value))
		}
		return false
	})
	return out
}

// pointerOf is the place of a reference in the input.
func (s Setting) pointerOf(term *ast.Term, known solution) []any {
	ref, ok := term.Value.(ast.Ref)
	if !ok {
		return nil
	}
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return nil
	}
	var path []any
	switch {
	case head.Equal(ast.InputRootDocument.Value):
		path = []any{}
	case known[head] != nil:
		start, found := s.document.Find(known[head].Value)
		if !found {
			return nil
		}
		path = append([]any{}, start...)
	default:
		return nil
	}
	for _, step := range ref[1:] {
		value := step.Value
		if v, isVar := value.(ast.Var); isVar {
			if known[v] == nil {
				return nil
			}
			value = known[v].Value
		}
		switch value := value.(type) {
		case ast.String:
			path = append(path, string(value))
		case ast.Number:
			n, isInt := value.Int()
			if !isInt {
				return nil
			}
			path = append(path, n)
		default:
			return nil
		}
	}
	return path
}

// partsOf are the references, variables and calls of a condition, without those of comprehensions and of every.
func partsOf(expr *ast.Expr) []*ast.Term {
	var found []*ast.Term
	seen := map[string]bool{}
	add := func(term *ast.Term) {
		if text := term.String(); !seen[text] {
			seen[text] = true
			found = append(found, term)
		}
	}
	var visit func(term *ast.Term)
	visit = func(term *ast.Term) {
		switch value := term.Value.(type) {
		case ast.Ref:
			if _, isVar := value[0].Value.(ast.Var); isVar {
				add(term)
			}
			for _, step := range value[1:] {
				if _, isVar := step.Value.(ast.Var); isVar {
					visit(step)
				}
			}
		case ast.Var:
			if !value.IsWildcard() && !value.IsGenerated() {
				add(term)
			}
		case ast.Call:
			for _, arg := range value[1:] {
				visit(arg)
			}
			add(term)
		case *ast.Array:
			value.Foreach(visit)
		case ast.Set:
			value.Foreach(visit)
		case ast.Object:
			value.Foreach(func(_, v *ast.Term) { visit(v) })
		}
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		visit(terms)
	case []*ast.Term:
		for i, term := range terms[1:] {
			// The variable that is assigned has no value before.
			if i == 0 && len(terms) == 3 && (terms[0].Value.Compare(ast.Assign.Ref()) == 0) {
				continue
			}
			visit(term)
		}
	case *ast.SomeDecl:
		for _, symbol := range terms.Symbols {
			if call, ok := symbol.Value.(ast.Call); ok {
				visit(call[len(call)-1])
			}
		}
	case *ast.Every:
		visit(terms.Domain)
	}
	return found
}

func asJSON(term *ast.Term) any {
	value, err := ast.JSON(term.Value)
	if err != nil {
		return term.String()
	}
	return value
}
