package twins

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// applied is a rule as it can stand in for a reference or a call: its variables have names of their own, the names of its
// module are written out, and its parameters have the values of the arguments. False where that cannot be done.
func (x *expander) applied(d definition, args []*ast.Term, like *ast.Expr) (*ast.Rule, bool) {
	if len(d.rule.Head.Args) != len(args) {
		return nil, false
	}
	if x.declaresGlobal(d) {
		return nil, false
	}
	rename := x.renaming(func(v ast.Var) bool { return !builtinHeads[v] && v != "input" && v != "data" })
	ok := true
	out := d.rule.Copy()
	term := func(t *ast.Term) *ast.Term {
		if t == nil || !ok {
			return nil
		}
		named := d.scope.writtenOut(t)
		if named == nil {
			ok = false
			return nil
		}
		renamed := renamedTerm(named, rename)
		ok = renamed != nil
		return renamed
	}
	out.Head.Key, out.Head.Value = term(out.Head.Key), term(out.Head.Value)
	for i := range out.Head.Args {
		out.Head.Args[i] = term(out.Head.Args[i])
	}
	// The first term names the rule.
	for i := 1; i < len(out.Head.Reference); i++ {
		out.Head.Reference[i] = term(out.Head.Reference[i])
	}
	if !ok {
		return nil, false
	}
	body, err := ast.Transform(d.scope.outwriter(), out.Body)
	if err == nil {
		body, err = renameVars(body, rename)
	}
	inner, isBody := body.(ast.Body)
	if err != nil || !isBody {
		return nil, false
	}
	out.Body = nil
	for i, param := range out.Head.Args {
		equal := ast.Assign
		if v, isVar := param.Value.(ast.Var); !isVar {
			equal = ast.Equality
		} else if v.IsWildcard() {
			continue
		}
		out.Body = append(out.Body, located(like, equal.Expr(param, args[i].Copy())))
	}
	out.Body = append(out.Body, realBody(inner)...)
	return out, true
}

// declaresGlobal reports whether a rule has a variable whose name means something else in its module or to OPA.
func (x *expander) declaresGlobal(d definition) bool {
	found := false
	check := func(v ast.Var) { found = found || builtinHeads[v] || d.scope.global(v) }
	for _, arg := range d.rule.Head.Args {
		for _, v := range patternVars(arg) {
			check(v)
		}
	}
	visitor := ast.NewGenericVisitor(func(node any) bool {
		switch n := node.(type) {
		case ast.Body:
			f := &frame{declared: map[ast.Var]bool{}}
			declareAll(f, n)
			for v := range f.declared {
				check(v)
			}
		case *ast.Every:
			check(varOf(n.Value))
			if n.Key != nil {
				check(varOf(n.Key))
			}
		}
		return found
	})
	visitor.Walk(d.rule)
	return found
}

// renaming gives variables a prefix that nothing else has.
func (x *expander) renaming(own func(ast.Var) bool) func(ast.Var) ast.Var {
	x.names++
	prefix := "portcullis_h" + itemKey(x.names) + "_"
	return func(v ast.Var) ast.Var {
		switch {
		case !own(v):
			return v
		case v.IsWildcard():
			return ast.Var(ast.WildcardPrefix + prefix + string(v[1:]))
		}
		return ast.Var(prefix + string(v))
	}
}

func renamedTerm(t *ast.Term, rename func(ast.Var) ast.Var) *ast.Term {
	y, err := renameVars(t.Copy(), rename)
	if err != nil {
		return nil
	}
	return asTerm(y, t)
}

// writtenOut is a term in which the names of the module's rules and imports are references below data or input.
func (s *scope) writtenOut(t *ast.Term) *ast.Term {
	y, err := ast.Transform(s.outwriter(), t.Copy())
	if err != nil {
		return nil
	}
	return asTerm(y, t)
}

func (s *scope) outwriter() ast.Transformer {
	var t ast.Transformer
	t = ast.NewGenericTransformer(func(node any) (any, error) {
		switch n := node.(type) {
		case ast.Ref:
			if abs, ok := s.absolute(n); ok {
				return abs, nil
			}
		case ast.Var:
			if n == "input" || n == "data" {
				return n, nil
			}
			if abs, ok := s.absolute(ast.Ref{ast.NewTerm(n)}); ok {
				return abs, nil
			}
		case *ast.SomeDecl:
			for i, symbol := range n.Symbols {
				if _, plain := symbol.Value.(ast.Var); plain {
					continue
				}
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
	return t
}

// asTerm is what a transformation of a term gave: OPA hands back its value.
func asTerm(x any, original *ast.Term) *ast.Term {
	switch x := x.(type) {
	case *ast.Term:
		return x
	case ast.Value:
		return ast.NewTerm(x).SetLocation(original.Location)
	}
	return nil
}

// boundIn reports whether a body gives a variable its value, at its top.
func boundIn(v ast.Var, body ast.Body) bool {
	f := &frame{declared: map[ast.Var]bool{}}
	declareAll(f, body)
	if f.declared[v] {
		return true
	}
	for _, e := range body {
		for _, b := range boundVars(e) {
			if b == v {
				return true
			}
		}
	}
	return false
}

// letOf is what a body lets a variable stand for; nil where it does not, or more than once.
func letOf(v ast.Var, body ast.Body) *ast.Term {
	var found *ast.Term
	for _, e := range body {
		t, ok := e.Terms.([]*ast.Term)
		if !ok || len(t) != 3 || e.Negated || len(e.With) > 0 {
			continue
		}
		switch builtinName(t[0]) {
		case "assign", "eq":
			if varOf(t[1]) == v {
				if found != nil {
					return nil
				}
				found = t[2]
			}
		}
	}
	return found
}
