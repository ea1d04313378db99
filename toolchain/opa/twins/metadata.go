package twins

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
)

// metadata answers rego.metadata.rule() and rego.metadata.chain() for the original rule: a twin has no annotations of its own, and its message must be the same.
type metadata struct {
	set *ast.AnnotationSet
}

func newMetadata(modules map[string]*ast.Module) *metadata {
	list := make([]*ast.Module, 0, len(modules))
	for _, path := range sortedKeys(modules) {
		list = append(list, modules[path])
	}
	set, errs := ast.BuildAnnotationSet(list)
	if len(errs) > 0 {
		return &metadata{}
	}
	return &metadata{set}
}

func (m *metadata) replace(rule *ast.Rule, body ast.Body) ast.Body {
	out := make(ast.Body, len(body))
	for i, e := range body {
		out[i] = e
		if x, err := ast.Transform(m.transformer(rule), e); err == nil {
			if t, ok := x.(*ast.Expr); ok {
				out[i] = t
			}
		}
	}
	return out
}

func (m *metadata) replaceTerm(rule *ast.Rule, t *ast.Term) *ast.Term {
	if x, err := ast.Transform(m.transformer(rule), t); err == nil {
		if r := asTerm(x, t); r != nil {
			return r
		}
	}
	return t
}

func (m *metadata) transformer(rule *ast.Rule) ast.Transformer {
	return ast.NewGenericTransformer(func(x any) (any, error) {
		c, ok := x.(ast.Call)
		if !ok || len(c) != 1 || m.set == nil {
			return x, nil
		}
		switch c[0].Value.String() {
		case "rego.metadata.rule":
			return m.ruleTerm(rule), nil
		case "rego.metadata.chain":
			return m.chainTerm(rule), nil
		}
		return x, nil
	})
}

func (m *metadata) chainTerm(rule *ast.Rule) ast.Value {
	out := []*ast.Term{}
	for _, link := range m.set.Chain(rule) {
		path := make([]*ast.Term, 0, len(link.Path))
		for _, t := range link.Path[1:] {
			path = append(path, t)
		}
		items := [][2]*ast.Term{{ast.StringTerm("path"), ast.ArrayTerm(path...)}}
		if link.Annotations != nil {
			items = append(items, [2]*ast.Term{ast.StringTerm("annotations"), annotationTerm(link.Annotations)})
		}
		out = append(out, ast.ObjectTerm(items...))
	}
	return ast.NewArray(out...)
}

func (m *metadata) ruleTerm(rule *ast.Rule) ast.Value {
	for _, link := range m.set.Chain(rule) {
		if link.Annotations != nil && (link.Annotations.Scope == "rule" || link.Annotations.Scope == "document") {
			return annotationTerm(link.Annotations).Value
		}
	}
	return ast.NewObject()
}

func annotationTerm(a *ast.Annotations) *ast.Term {
	bytes, err := json.Marshal(a)
	if err != nil {
		return ast.ObjectTerm()
	}
	var v any
	if err := json.Unmarshal(bytes, &v); err != nil {
		return ast.ObjectTerm()
	}
	value, err := ast.InterfaceToValue(v)
	if err != nil {
		return ast.ObjectTerm()
	}
	return ast.NewTerm(value)
}
