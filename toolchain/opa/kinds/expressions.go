package kinds

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

type bodyReader struct {
	reader   *Reader
	scope    scope
	declared ast.VarSet
	depth    int
}

// condition is what an expression requires of the kind, if it says nothing where that is not met.
func (b bodyReader) condition(e *ast.Expr) *Condition {
	if e.Negated || len(e.With) > 0 {
		return nil
	}
	switch terms := e.Terms.(type) {
	case *ast.Term:
		return b.helper(terms)
	case []*ast.Term:
		if len(terms) != 3 || terms[0].Value.String() != ast.Member.Name {
			return b.equality(e)
		}
		if field := b.kindField(terms[1]); field != nil {
			if values, ok := b.texts(terms[2]); ok {
				return &Condition{field, values}
			}
		}
	}
	return nil
}

// equality is the condition of an expression that compares the kind with a text.
func (b bodyReader) equality(e *ast.Expr) *Condition {
	terms, ok := e.Terms.([]*ast.Term)
	if !ok || e.Negated || len(e.With) > 0 || len(terms) != 3 {
		return nil
	}
	if name := terms[0].Value.String(); name != ast.Equal.Name && name != ast.Equality.Name {
		return nil
	}
	if condition := b.equals(terms[1], terms[2]); condition != nil {
		return condition
	}
	return b.equals(terms[2], terms[1])
}

func (b bodyReader) equals(left, right *ast.Term) *Condition {
	field := b.kindField(left)
	text, ok := right.Value.(ast.String)
	if field == nil || !ok {
		return nil
	}
	return &Condition{field, []string{string(text)}}
}

// kindField is a field below input that is called kind: `input.kind`, `input.review.object.kind`.
func (b bodyReader) kindField(term *ast.Term) ast.Ref {
	field, ok := b.inputField(term)
	if !ok || len(field) < 2 || field[len(field)-1].Value.Compare(ast.String("kind")) != 0 {
		return nil
	}
	return field
}

func (b bodyReader) inputField(term *ast.Term) (ast.Ref, bool) {
	ref, ok := term.Value.(ast.Ref)
	if !ok {
		return nil, false
	}
	field, ok := b.absolute(ref)
	if !ok || !field.HasPrefix(ast.InputRootRef) {
		return nil, false
	}
	for _, key := range field[1:] {
		if _, ok := key.Value.(ast.String); !ok {
			return nil, false
		}
	}
	return field, true
}

// helper is the condition of a rule that an expression names, where it is undefined without it.
func (b bodyReader) helper(term *ast.Term) *Condition {
	rules, _ := b.definitions(term)
	for _, l := range rules {
		if !isPlain(l) {
			return nil
		}
	}
	return all(rules, func(l located) *Condition { return b.reader.ofRule(l, b.depth-1) })
}

// harmlessCalls yield a truth or nothing, and never fail.
var harmlessCalls = map[string]bool{
	ast.Equal.Name: true, ast.NotEqual.Name: true, ast.StartsWith.Name: true, ast.EndsWith.Name: true,
}

// harmless tells an expression that neither fails nor prints, whatever the manifest is.
func (b bodyReader) harmless(e *ast.Expr) bool {
	if len(e.With) > 0 {
		return false
	}
	switch terms := e.Terms.(type) {
	case *ast.SomeDecl:
		for _, symbol := range terms.Symbols {
			if _, ok := symbol.Value.(ast.Var); !ok {
				return false
			}
		}
		return true
	case *ast.Term:
		if b.simple(terms) {
			return true
		}
		return b.harmlessHelper(terms)
	case []*ast.Term:
		if !harmlessCalls[terms[0].Value.String()] || len(terms) != 3 {
			return false
		}
		return b.simple(terms[1]) && b.simple(terms[2])
	}
	return false
}

// simple tells a constant, or a field of the input.
func (b bodyReader) simple(term *ast.Term) bool {
	if ast.IsScalar(term.Value) {
		return true
	}
	_, ok := b.inputField(term)
	return ok
}

// harmlessHelper tells a rule that is true or undefined: two values could conflict.
func (b bodyReader) harmlessHelper(term *ast.Term) bool {
	rules, rest := b.definitions(term)
	for _, l := range rules {
		isTrue := l.rule.Head.Value == nil || l.rule.Head.Value.Equal(ast.BooleanTerm(true))
		if !isPlain(l) || !isTrue || l.rule.Else != nil || b.depth == 0 {
			return false
		}
		inner := bodyReader{b.reader, l.scope, declared(l.rule.Body), b.depth - 1}
		for _, e := range l.rule.Body {
			if !inner.harmless(e) {
				return false
			}
		}
	}
	return len(rules) > 0 && len(rest) == 0
}
