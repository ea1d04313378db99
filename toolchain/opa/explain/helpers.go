package explain

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
)

const maxDepth = 2

// helpers explains the rules and functions of the author that a condition asks, in the first case.
func (s Setting) helpers(ctx context.Context, module *ast.Module, expr *ast.Expr, solutions []solution, depth int) []Rule {
	if depth >= maxDepth {
		return nil
	}
	known := solution{}
	if len(solutions) > 0 {
		known = solutions[0]
	}
	var found []Rule
	seen := map[string]bool{}
	add := func(ref ast.Ref, args []*ast.Term) {
		target := s.resolve(module, ref)
		if target == nil || len(found) >= maxHelpers || seen[target.String()] {
			return
		}
		seen[target.String()] = true
		values := make([]*ast.Term, len(args))
		for i, arg := range args {
			solved, err := s.solve(ctx, module, append(bindings(arg, known), ast.Equality.Expr(ast.NewTerm(resultVar), arg)), 1)
			if err != nil || len(solved) == 0 {
				return
			}
			values[i] = solved[0][resultVar]
		}
		if rule := s.rule(ctx, target, values, nil, depth+1); len(rule.Bodies) > 0 {
			found = append(found, rule)
		}
	}
	if terms, ok := expr.Terms.([]*ast.Term); ok {
		if ref, isRef := terms[0].Value.(ast.Ref); isRef {
			add(ref, terms[1:])
		}
	}
	for _, term := range partsOf(expr) {
		switch value := term.Value.(type) {
		case ast.Ref:
			add(value, nil)
		case ast.Var:
			if known[value] == nil {
				add(ast.Ref{term}, nil)
			}
		case ast.Call:
			if ref, isRef := value[0].Value.(ast.Ref); isRef {
				add(ref, value[1:])
			}
		}
	}
	return found
}

// resolve is the rule that a reference of a module leads to, nil where it leads to none.
func (s Setting) resolve(module *ast.Module, ref ast.Ref) ast.Ref {
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return nil
	}
	candidate := append(append(ast.Ref{}, module.Package.Path...), ast.StringTerm(string(head)))
	candidate = append(candidate, ref[1:]...)
	if head.Equal(ast.DefaultRootDocument.Value) {
		candidate = ref
	}
	for _, one := range module.Imports {
		path, isRef := one.Path.Value.(ast.Ref)
		if isRef && one.Name().Equal(head) && !path[0].Equal(ast.InputRootDocument) {
			candidate = append(append(ast.Ref{}, path...), ref[1:]...)
		}
	}
	for _, other := range s.Modules {
		for _, rule := range other.Rules {
			if target := refOf(other, rule); !rule.Default && candidate.HasPrefix(target) {
				return target
			}
		}
	}
	return nil
}
