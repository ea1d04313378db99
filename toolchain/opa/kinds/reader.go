package kinds

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// deepest is how far helper rules that call one another are followed.
const deepest = 8

// Reader reads the conditions of the rules of a policy set as parsed.
type Reader struct {
	rules  map[string][]located
	scopes map[*ast.Module]scope
}

// located is a rule with what the names of its module mean.
type located struct {
	rule  *ast.Rule
	scope scope
}

type scope struct {
	pkg     ast.Ref
	imports map[ast.Var]ast.Ref
}

// NewReader reads the modules of a policy set.
func NewReader(modules map[string]*ast.Module) *Reader {
	r := &Reader{rules: map[string][]located{}, scopes: map[*ast.Module]scope{}}
	for _, module := range modules {
		s := scope{module.Package.Path, map[ast.Var]ast.Ref{}}
		for _, one := range module.Imports {
			if ref, ok := one.Path.Value.(ast.Ref); ok {
				s.imports[one.Name()] = ref
			}
		}
		r.scopes[module] = s
		for _, rule := range module.Rules {
			r.define(located{rule, s})
		}
	}
	return r
}

// define files a rule under its path, and one such as `a.b.c` under `a` and `a.b` too.
func (r *Reader) define(l located) {
	path := l.scope.pkg
	for i, term := range l.rule.Head.Ref() {
		name, ok := term.Value.(ast.String)
		if first, isVar := term.Value.(ast.Var); i == 0 && isVar {
			name, ok = ast.String(first), true
		}
		if !ok {
			return
		}
		path = path.Append(ast.NewTerm(name))
		r.rules[path.String()] = append(r.rules[path.String()], l)
	}
}

// OfRule is the condition of a rule with all its bodies.
func (r *Reader) OfRule(rule Rule) *Condition {
	return all(r.rules[rule.Package.Append(ast.StringTerm(rule.Name)).String()], func(l located) *Condition { return r.ofRule(l, deepest) })
}

// OfModule is the condition of the bodies that a module has of certain rules.
func (r *Reader) OfModule(module *ast.Module, named func(string) bool) *Condition {
	var bodies []located
	for _, rule := range module.Rules {
		if named(string(rule.Head.Ref()[0].Value.(ast.Var))) {
			bodies = append(bodies, located{rule, r.scopes[module]})
		}
	}
	return all(bodies, func(l located) *Condition { return r.ofRule(l, deepest) })
}

func (r *Reader) ofRule(l located, depth int) *Condition {
	if l.rule.Default || len(l.rule.Head.Args) > 0 || depth == 0 {
		return nil
	}
	var branches []*ast.Rule
	for rule := l.rule; rule != nil; rule = rule.Else {
		branches = append(branches, rule)
	}
	return all(branches, func(rule *ast.Rule) *Condition { return r.ofBody(l, rule.Body, depth) })
}

// ofBody takes the first condition that stands before anything that could fail, or else a plain one that stands anywhere:
// OPA's evaluator finds the bodies of a rule by such, and evaluates nothing of the others.
func (r *Reader) ofBody(l located, body ast.Body, depth int) *Condition {
	b := bodyReader{r, l.scope, declared(body), depth}
	for _, expr := range body {
		if condition := b.condition(expr); condition != nil {
			return condition
		}
		if !b.harmless(expr) {
			break
		}
	}
	if len(l.rule.Head.Ref()) > 1 {
		return nil
	}
	for _, expr := range body {
		if condition := b.equality(expr); condition != nil {
			return condition
		}
	}
	return nil
}

// declared are the names that a body gives a meaning of its own.
func declared(body ast.Body) ast.VarSet {
	names := ast.VarSet{}
	ast.WalkExprs(body, func(e *ast.Expr) bool {
		switch terms := e.Terms.(type) {
		case *ast.SomeDecl:
			for _, symbol := range terms.Symbols {
				if call, ok := symbol.Value.(ast.Call); ok {
					addVars(names, call[1:len(call)-1]...)
				} else {
					addVars(names, symbol)
				}
			}
		case *ast.Every:
			addVars(names, terms.Key, terms.Value)
		case []*ast.Term:
			if e.IsAssignment() {
				addVars(names, terms[1])
			}
		}
		return false
	})
	return names
}

func addVars(names ast.VarSet, terms ...*ast.Term) {
	for _, term := range terms {
		if term == nil {
			continue
		}
		ast.WalkVars(term, func(v ast.Var) bool {
			names.Add(v)
			return false
		})
	}
}

// absolute is a reference below input or data, whatever it is called in the module.
func (b bodyReader) absolute(ref ast.Ref) (ast.Ref, bool) {
	head, ok := ref[0].Value.(ast.Var)
	if !ok || b.declared.Contains(head) {
		return nil, false
	}
	if path, ok := b.scope.imports[head]; ok {
		return path.Concat(ref[1:]), true
	}
	if head == "input" || head == "data" {
		return ref, true
	}
	own := b.scope.pkg.Append(ast.StringTerm(string(head)))
	return own.Concat(ref[1:]), b.reader.rules[own.String()] != nil
}

// definitions are the rules that a term names, with the rest of its path; none where rules define parts of one another.
func (b bodyReader) definitions(term *ast.Term) (rules []located, rest ast.Ref) {
	ref, ok := term.Value.(ast.Ref)
	if v, isVar := term.Value.(ast.Var); isVar {
		ref, ok = ast.Ref{ast.NewTerm(v)}, true
	}
	if !ok {
		return nil, nil
	}
	ref, ok = b.absolute(ref)
	if !ok || !ref.HasPrefix(ast.DefaultRootRef) {
		return nil, nil
	}
	for i := range ref {
		found := b.reader.rules[ref[:i+1].String()]
		if found != nil && rules != nil {
			return nil, nil
		}
		if found != nil {
			rules, rest = found, ref[i+1:]
		}
	}
	return rules, rest
}

// isPlain tells a rule that has one value or none: no set, object or function.
func isPlain(l located) bool {
	return !l.rule.Default && len(l.rule.Head.Args) == 0 && len(l.rule.Head.Ref()) == 1 && l.rule.Head.DocKind() == ast.CompleteDoc
}

// texts are the members of a collection of texts that is written out, or that a rule is nothing but.
func (b bodyReader) texts(term *ast.Term) ([]string, bool) {
	if rules, rest := b.definitions(term); len(rules) == 1 && len(rest) == 0 {
		l := rules[0]
		if !isPlain(l) || l.rule.Else != nil || !l.rule.Body.Equal(ast.NewBody(ast.NewExpr(ast.BooleanTerm(true)))) {
			return nil, false
		}
		term = l.rule.Head.Value
	}
	var members []*ast.Term
	switch collection := term.Value.(type) {
	case *ast.Array:
		collection.Foreach(func(member *ast.Term) { members = append(members, member) })
	case ast.Set:
		members = collection.Slice()
	default:
		return nil, false
	}
	values := make([]string, 0, len(members))
	for _, member := range members {
		text, ok := member.Value.(ast.String)
		if !ok {
			return nil, false
		}
		values = append(values, string(text))
	}
	slices.Sort(values)
	return slices.Compact(values), len(values) > 0
}
