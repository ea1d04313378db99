package lint

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// always are the fields that every manifest has: others are no manifests.
var always = map[string]bool{"input.kind": true, "input.apiVersion": true, "input.metadata": true}

// silentMessages finds references that only the message of a deciding rule reads. Where such a field is missing the
// message is undefined, and the violation goes unsaid.
func silentMessages(rule *ast.Rule) []Issue {
	message := rule.Head.Key
	if message == nil {
		message = rule.Head.Value
	}
	if message == nil {
		return nil
	}
	lets := messageLets(rule.Body, message)
	sure := map[string]bool{}
	for i, expr := range rule.Body {
		if _, isLet := lets[i]; !isLet && !expr.Negated && len(expr.With) == 0 {
			for _, ref := range fieldsIn(expr) {
				for n := 2; n <= len(ref); n++ {
					sure[ref[:n].String()] = true
				}
			}
		}
	}
	locals := localsOf(rule)
	var issues []Issue
	seen := map[string]bool{}
	report := func(node any, location *ast.Location) {
		for _, ref := range fieldsIn(node) {
			head, _ := ref[0].Value.(ast.Var)
			text := ref.String()
			if !isGround(ref[1:]) || sure[text] || always[text] || seen[text] {
				continue
			}
			if !head.Equal(ast.InputRootDocument.Value) && !locals[head] {
				continue
			}
			seen[text] = true
			at := location
			if ref[0].Location != nil {
				at = ref[0].Location
			}
			message := fmt.Sprintf("the message reads %s, which no condition reads: where it is missing, the rule finds nothing", text)
			issues = append(issues, Issue{at.File, at.Row, "silent-message", message})
		}
	}
	report(message, rule.Head.Location)
	for i, expr := range rule.Body {
		if value, isLet := lets[i]; isLet {
			report(value, expr.Location)
		}
	}
	return issues
}

// messageLets are the expressions of a body that only make the message, with the value that they bind.
func messageLets(body ast.Body, message *ast.Term) map[int]*ast.Term {
	lets := map[int]*ast.Term{}
	for changed := true; changed; {
		changed = false
		for i, expr := range body {
			v, value := letOf(expr)
			if _, known := lets[i]; known || value == nil {
				continue
			}
			if !mentions(message, v) && !inLets(lets, v) {
				continue
			}
			if usedElsewhere(body, i, lets, v) {
				continue
			}
			lets[i], changed = value, true
		}
	}
	return lets
}

// letOf is the variable that an expression binds, and its value.
func letOf(expr *ast.Expr) (ast.Var, *ast.Term) {
	terms, ok := expr.Terms.([]*ast.Term)
	if !ok || len(terms) != 3 || expr.Negated || len(expr.With) > 0 {
		return "", nil
	}
	name := terms[0].String()
	if name != ast.Assign.Name && name != ast.Equality.Name {
		return "", nil
	}
	v, isVar := terms[1].Value.(ast.Var)
	if !isVar {
		return "", nil
	}
	return v, terms[2]
}

func inLets(lets map[int]*ast.Term, v ast.Var) bool {
	for _, value := range lets {
		if mentions(value, v) {
			return true
		}
	}
	return false
}

func usedElsewhere(body ast.Body, at int, lets map[int]*ast.Term, v ast.Var) bool {
	for i, expr := range body {
		if _, isLet := lets[i]; i == at || isLet {
			continue
		}
		if some, ok := expr.Terms.(*ast.SomeDecl); ok && len(some.Symbols) > 0 {
			if _, isCall := some.Symbols[0].Value.(ast.Call); !isCall {
				continue
			}
		}
		if mentions(expr, v) {
			return true
		}
	}
	return false
}

func mentions(node any, v ast.Var) bool {
	found := false
	ast.WalkVars(node, func(one ast.Var) bool {
		found = found || one.Equal(v)
		return found
	})
	return found
}

// localsOf are the variables that a body binds: whatever else a name stands for is a rule or an import.
func localsOf(rule *ast.Rule) map[ast.Var]bool {
	locals := map[ast.Var]bool{}
	for _, expr := range rule.Body {
		if v, value := letOf(expr); value != nil {
			locals[v] = true
		}
		some, ok := expr.Terms.(*ast.SomeDecl)
		if !ok {
			continue
		}
		for _, symbol := range some.Symbols {
			if call, isCall := symbol.Value.(ast.Call); isCall {
				for _, term := range call[1 : len(call)-1] {
					if v, isVar := term.Value.(ast.Var); isVar {
						locals[v] = true
					}
				}
			} else if v, isVar := symbol.Value.(ast.Var); isVar {
				locals[v] = true
			}
		}
	}
	return locals
}

// fieldsIn are the references to fields that must all be defined for a node to have a value.
func fieldsIn(node any) []ast.Ref {
	var refs []ast.Ref
	visitor := ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension:
			return true
		case *ast.Every:
			refs = append(refs, fieldsIn(x.Domain)...)
			return true
		case *ast.Expr:
			if terms, ok := x.Terms.([]*ast.Term); ok {
				for _, term := range terms[1:] {
					refs = append(refs, fieldsIn(term)...)
				}
				return true
			}
		case ast.Call:
			for _, term := range x[1:] {
				refs = append(refs, fieldsIn(term)...)
			}
			return true
		case ast.Ref:
			if _, isVar := x[0].Value.(ast.Var); isVar && len(x) > 1 {
				refs = append(refs, x)
			}
		}
		return false
	})
	visitor.Walk(node)
	return refs
}

func isGround(terms []*ast.Term) bool {
	for _, term := range terms {
		if !term.IsGround() {
			return false
		}
	}
	return true
}
