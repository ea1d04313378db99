package main

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

const refusedCode = "portcullis_refused_builtin"

// refused builtins reach the network or the host; a verdict must follow from the repository alone.
var refused = map[string]string{
	"http.send":          "policies have no access to the network: put what it would fetch into a data file (a test may replace the call: `with http.send as …`)",
	"net.lookup_ip_addr": "policies have no access to the network: put the addresses into a data file",
	"opa.runtime":        "policies cannot read the environment of the process: put the settings into a data file",
}

// Where a call gets past the compiler, as in a policy under a test that does not replace it, it stops the evaluation.
func init() {
	for name, reason := range refused {
		topdown.RegisterBuiltinFunc(name, func(context topdown.BuiltinContext, _ []*ast.Term, _ func(*ast.Term) error) error {
			return topdown.Halt{Err: &topdown.Error{Code: refusedCode, Message: "`" + name + "` is refused: " + reason, Location: context.Location}}
		})
	}
}

// refusedCalls finds the calls of refused builtins in a module whose references are resolved, so that a rule of the
// user's own that is imported under such a name is none. A builtin that a test replaces by `with` is not called.
func refusedCalls(module *ast.Module) []regoError {
	var refusals []regoError
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
		refusals = append(refusals, errorAt(location, refusedCode, "`"+name+"` is refused: "+reason))
	}
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(node any) bool {
		switch node := node.(type) {
		case *ast.With:
			// A builtin that stands in for another is called in its place.
			if _, ok := node.Value.Value.(ast.Ref); ok {
				report(node.Value, node.Location)
			}
			visitor.Walk(node.Value)
			return true
		case *ast.Expr:
			if terms, ok := node.Terms.([]*ast.Term); ok {
				report(terms[0], node.Location)
			}
		case *ast.Term:
			switch value := node.Value.(type) {
			case ast.Call:
				report(value[0], node.Location)
			case ast.Ref:
				if e, found := numberBelowData(value, node.Location); found {
					refusals = append(refusals, e)
				}
			}
		}
		return false
	})
	visitor.Walk(module)
	return refusals
}

// numberBelowData finds `data[2]`: OPA's evaluator takes the text "2" for it, its WebAssembly runtime nothing.
func numberBelowData(ref ast.Ref, location *ast.Location) (regoError, bool) {
	if !ref.HasPrefix(ast.DefaultRootRef) || len(ref) < 2 {
		return regoError{}, false
	}
	number, ok := ref[1].Value.(ast.Number)
	if !ok {
		return regoError{}, false
	}
	return errorAt(location, "portcullis_number_in_data", fmt.Sprintf("`data[%s]` is refused, since the keys of `data` are strings: write `data[\"%s\"]`", number, number)), true
}
