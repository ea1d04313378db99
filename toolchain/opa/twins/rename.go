package twins

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// renameVars gives the variables of a body or term other names, those that `some` declares included, which OPA's own transformation passes by.
func renameVars(x any, rename func(ast.Var) ast.Var) (any, error) {
	var t ast.Transformer
	t = ast.NewGenericTransformer(func(node any) (any, error) {
		switch n := node.(type) {
		case ast.Var:
			return rename(n), nil
		case *ast.SomeDecl:
			for i, symbol := range n.Symbols {
				y, err := ast.Transform(t, symbol)
				if err != nil {
					return nil, err
				}
				if s := asTerm(y, symbol); s != nil {
					n.Symbols[i] = s
				}
			}
		}
		return node, nil
	})
	return ast.Transform(t, x)
}
