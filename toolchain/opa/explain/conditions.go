package explain

import (
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// condition is one expression of a body as it is written, or the result of the rule.
type condition struct {
	expr *ast.Expr
	line int
	text string
	// declares: it only introduces variables.
	declares bool
	isResult bool
}

func conditionsOf(rule *ast.Rule) []condition {
	var found []condition
	for _, expr := range rule.Body {
		// A rule without a body holds always.
		if expr.Location == nil || isTrue(expr) {
			continue
		}
		found = append(found, condition{expr: expr, line: expr.Location.Row, text: textOf(expr), declares: declares(expr)})
	}
	result := rule.Head.Key
	if result == nil {
		result = rule.Head.Value
	}
	if result != nil {
		// Where the body binds the result to a variable, that is the condition to show.
		_, isVar := result.Value.(ast.Var)
		one := condition{expr: ast.Equality.Expr(ast.NewTerm(resultVar), result), line: rule.Head.Location.Row, text: result.String(), isResult: true}
		if isVar || ast.IsConstant(result.Value) {
			one.text = ""
		}
		found = append(found, one)
	}
	return found
}

func isTrue(expr *ast.Expr) bool {
	term, ok := expr.Terms.(*ast.Term)
	if !ok || expr.Negated || len(expr.With) > 0 {
		return false
	}
	b, ok := term.Value.(ast.Boolean)
	return ok && bool(b)
}

func declares(expr *ast.Expr) bool {
	some, ok := expr.Terms.(*ast.SomeDecl)
	if !ok {
		return false
	}
	for _, symbol := range some.Symbols {
		if _, isVar := symbol.Value.(ast.Var); !isVar {
			return false
		}
	}
	return true
}

// textOf is an expression as it is written, on one line.
func textOf(expr *ast.Expr) string {
	text := strings.Join(strings.Fields(string(expr.Location.Text)), " ")
	if text == "" {
		text = expr.String()
	}
	if expr.Negated && !strings.HasPrefix(text, "not") {
		text = "not " + text
	}
	return text
}

func sortedPaths(modules map[string]*ast.Module) []string {
	paths := make([]string, 0, len(modules))
	for path := range modules {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths
}
