// Package lint finds in the syntax of policies what compiles and does not do what its author means.
package lint

import (
	"fmt"
	"sort"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Issue is what a rule of the linter says about a line.
type Issue struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// Sort orders issues by place and drops repetitions.
func Sort(issues []Issue) {
	sort.SliceStable(issues, func(i, j int) bool {
		a, b := issues[i], issues[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Rule+a.Message < b.Rule+b.Message
	})
}

// Module lints one module as it was parsed. decides says whether the name of a rule is one whose results are findings.
func Module(module *ast.Module, decides func(string) bool) []Issue {
	var issues []Issue
	for _, first := range module.Rules {
		for rule := first; rule != nil; rule = rule.Else {
			if decides(nameOf(rule)) {
				issues = append(issues, silentMessages(rule)...)
			}
		}
	}
	return append(issues, unboundedWalks(module)...)
}

func nameOf(rule *ast.Rule) string {
	v, _ := rule.Head.Ref()[0].Value.(ast.Var)
	return string(v)
}

// unboundedWalks finds walk(input) and walk(data): each visits everything there is, for every manifest.
func unboundedWalks(module *ast.Module) []Issue {
	var issues []Issue
	report := func(terms []*ast.Term, location *ast.Location) {
		if len(terms) < 2 || terms[0].String() != ast.WalkBuiltin.Name {
			return
		}
		if whole := terms[1].String(); whole == "input" || whole == "data" {
			message := fmt.Sprintf("walk(%s) visits every value there is", whole)
			issues = append(issues, Issue{location.File, location.Row, "unbounded-walk", message})
		}
	}
	ast.WalkExprs(module, func(expr *ast.Expr) bool {
		if terms, ok := expr.Terms.([]*ast.Term); ok {
			report(terms, expr.Location)
		}
		return false
	})
	ast.WalkTerms(module, func(term *ast.Term) bool {
		if call, ok := term.Value.(ast.Call); ok && term.Location != nil {
			report(call, term.Location)
		}
		return false
	})
	return issues
}
