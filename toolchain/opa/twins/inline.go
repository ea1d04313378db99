package twins

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Bounds on the variants of one body.
const (
	maxVariants     = 12
	maxInlineRounds = 3
)

// Names that builtins begin with: these are never variables of a helper.
var builtinHeads = func() map[ast.Var]bool {
	out := map[ast.Var]bool{}
	for name := range ast.BuiltinMap {
		head, _, _ := strings.Cut(name, ".")
		out[ast.Var(head)] = true
	}
	return out
}()

// inline replaces the look-up of a result in a set that other rules of the module make (`errors[msg]`, `some msg in errors`)
// by the bodies of those rules, one variant for each: only there stands what was decided. The variants together hold
// exactly where the body holds.
func (g *generator) inline(body ast.Body, head *ast.Term) []ast.Body {
	done := []ast.Body{}
	open := []ast.Body{body}
	for round := 0; round < maxInlineRounds && len(open) > 0; round++ {
		next := []ast.Body{}
		for _, b := range open {
			variants := g.expand(b, head, round)
			if variants == nil || len(done)+len(next)+len(variants) > maxVariants {
				done = append(done, b)
			} else {
				next = append(next, variants...)
			}
		}
		open = next
	}
	return append(done, open...)
}

func (g *generator) expand(body ast.Body, head *ast.Term, round int) []ast.Body {
	message := map[ast.Var]bool{}
	ast.WalkVars(head, func(v ast.Var) bool { message[v] = true; return false })
	for i, e := range body {
		if variants := g.expandCall(body, i, round); variants != nil {
			return variants
		}
		name, pattern, declares := lookup(e)
		if name == "" || !mentions(pattern, message) || g.scope.imports[name] != nil {
			continue
		}
		defs := g.scope.pkg.rules[string(name)]
		variants := []ast.Body{}
		for _, d := range defs {
			if d.scope != g.scope || d.rule.Head.Key == nil || d.rule.Head.Value != nil || d.rule.Else != nil || d.rule.Default {
				return nil
			}
			rule, ok := g.renamed(d.rule, round)
			if !ok {
				return nil
			}
			equal := ast.Equality
			if declares {
				equal = ast.Assign
			}
			same := equal.Expr(pattern.Copy(), rule.Head.Key)
			same.Location = e.Location
			variants = append(variants, replaced(body, i, append(realBody(rule.Body), same)))
		}
		if len(variants) > 0 {
			return variants
		}
	}
	return nil
}

// replaced is a body with one expression replaced by others.
func replaced(body ast.Body, i int, by ast.Body) ast.Body {
	out := append(ast.Body{}, body[:i].Copy()...)
	return append(append(out, by...), body[i+1:].Copy()...)
}

// expandCall replaces the call of a function that holds by one of several bodies, or by one item of a list, by these bodies.
func (g *generator) expandCall(body ast.Body, i, round int) []ast.Body {
	e := body[i]
	t, ok := e.Terms.([]*ast.Term)
	if !ok || e.Negated || len(e.With) > 0 {
		return nil
	}
	op, ok := t[0].Value.(ast.Ref)
	if !ok || len(op) != 1 || g.scope.imports[varOf(op[0])] != nil {
		return nil
	}
	defs := g.scope.pkg.rules[string(varOf(op[0]))]
	if len(defs) == 0 || len(defs) == 1 && !iteratesOver(defs[0].rule.Body) {
		return nil
	}
	variants := []ast.Body{}
	for _, d := range defs {
		h := d.rule.Head
		if d.scope != g.scope || d.rule.Else != nil || d.rule.Default || len(h.Args) != len(t)-1 || h.Value == nil || h.Value.Value.Compare(ast.Boolean(true)) != 0 {
			return nil
		}
		rule, ok := g.renamed(d.rule, round)
		if !ok {
			return nil
		}
		by := ast.Body{}
		for n, param := range rule.Head.Args {
			equal := ast.Assign
			if _, isVar := param.Value.(ast.Var); !isVar {
				equal = ast.Equality
			} else if varOf(param).IsWildcard() {
				continue
			}
			same := equal.Expr(param, t[n+1].Copy())
			same.Location = e.Location
			by = append(by, same)
		}
		variants = append(variants, replaced(body, i, append(by, realBody(rule.Body)...)))
	}
	return variants
}

// iteratesOver says whether a body goes through the items of something.
func iteratesOver(body ast.Body) bool {
	for _, e := range body {
		if _, ok := e.Terms.(*ast.SomeDecl); ok && !someOnly(e) {
			return true
		}
		found := false
		ast.WalkVars(e, func(v ast.Var) bool { found = found || v.IsWildcard(); return found })
		if found {
			return true
		}
	}
	return false
}

// lookup recognises the ways to take an element of a set: `name[pattern]`, `some x in name`, `x := name[_]`.
func lookup(e *ast.Expr) (name ast.Var, pattern *ast.Term, declares bool) {
	if e.Negated || len(e.With) > 0 {
		return "", nil, false
	}
	switch t := e.Terms.(type) {
	case *ast.Term:
		if r, ok := t.Value.(ast.Ref); ok && len(r) == 2 {
			return varOf(r[0]), r[1], false
		}
	case *ast.SomeDecl:
		if len(t.Symbols) == 1 {
			if c, ok := t.Symbols[0].Value.(ast.Call); ok && len(c) == 3 {
				return varOf(c[2]), c[1], true
			}
		}
	case []*ast.Term:
		op := builtinName(t[0])
		if (op == "assign" || op == "eq") && len(t) == 3 {
			if r, ok := t[2].Value.(ast.Ref); ok && len(r) == 2 && varOf(r[1]).IsWildcard() {
				return varOf(r[0]), t[1], op == "assign"
			}
		}
	}
	return "", nil, false
}

func mentions(pattern *ast.Term, vars map[ast.Var]bool) bool {
	found := false
	ast.WalkVars(pattern, func(v ast.Var) bool { found = found || vars[v]; return found })
	return found
}

// renamed is a helper with variables of its own names; false where a name could also mean something else.
func (g *generator) renamed(rule *ast.Rule, round int) (*ast.Rule, bool) {
	f := &frame{declared: map[ast.Var]bool{}}
	declareAll(f, rule.Body)
	for v := range f.declared {
		if builtinHeads[v] || g.scope.global(v) {
			return nil, false
		}
	}
	prefix := "portcullis_h" + itemKey(round) + "_"
	out := rule.Copy()
	rename := func(v ast.Var) ast.Var {
		if v.IsWildcard() || builtinHeads[v] || g.scope.global(v) {
			return v
		}
		return ast.Var(prefix + string(v))
	}
	body, err := renameVars(out.Body, rename)
	if err != nil {
		return nil, false
	}
	renamedBody, ok := body.(ast.Body)
	if !ok {
		return nil, false
	}
	if out.Head.Key == nil {
		for i, arg := range out.Head.Args {
			x, err := renameVars(arg, rename)
			if err != nil {
				return nil, false
			}
			if out.Head.Args[i] = asTerm(x, arg); out.Head.Args[i] == nil {
				return nil, false
			}
		}
		out.Body = renamedBody
		return out, true
	}
	key, err := renameVars(out.Head.Key, rename)
	if err != nil {
		return nil, false
	}
	out.Body, out.Head.Key = renamedBody, asTerm(key, out.Head.Key)
	return out, out.Head.Key != nil
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
