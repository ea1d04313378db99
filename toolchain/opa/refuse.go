package main

import "github.com/open-policy-agent/opa/v1/ast"

const refusedCode = "portcullis_refused_builtin"

// refused builtins reach the network or the host; a verdict must follow from the repository alone.
var refused = map[string]string{
	"http.send":          "a policy may not reach the network: put what it would fetch into a data file",
	"net.lookup_ip_addr": "a policy may not reach the network: put the addresses into a data file",
	"opa.runtime":        "a policy may not read the environment of the process: put the settings into a data file",
}

// refusedCalls finds the calls of refused builtins in a module whose references are resolved, so that a rule of the
// user's own that is imported under such a name is none. A builtin that a test replaces by `with` is not called.
func refusedCalls(module *ast.Module) []regoError {
	var found []regoError
	report := func(term *ast.Term, location *ast.Location) {
		ref, ok := term.Value.(ast.Ref)
		if !ok {
			return
		}
		name := ref.String()
		reason, isRefused := refused[name]
		if !isRefused {
			return
		}
		if term.Location != nil {
			location = term.Location
		}
		found = append(found, errorAt(location, refusedCode, "`"+name+"` is refused: "+reason))
	}
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(node any) bool {
		switch node := node.(type) {
		case *ast.With:
			visitor.Walk(node.Value)
			return true
		case *ast.Expr:
			if terms, ok := node.Terms.([]*ast.Term); ok {
				report(terms[0], node.Location)
			}
		case *ast.Term:
			if call, ok := node.Value.(ast.Call); ok {
				report(call[0], node.Location)
			}
		}
		return false
	})
	visitor.Walk(module)
	return found
}
