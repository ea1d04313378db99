// Package twins writes, beside each body of a deciding rule, a rule that yields the same message together with the values
// its body bound, and describes what each condition of that body reads. The twins live in packages of their own: nothing
// that decides can see them.
package twins

import (
	"fmt"
	"sort"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Root is the package under which all twins live; no policy may use it.
const Root = "portcullis_twins"

// Rule is a deciding rule: Package is a reference such as data.main.
type Rule struct {
	Index   int
	Package ast.Ref
	Name    string
}

// Input is a policy set as parsed, by path. Compiler may be nil. Plain: the bodies are taken as they are written.
type Input struct {
	Modules  map[string]*ast.Module
	Compiler *ast.Compiler
	Rules    []Rule
	Plain    bool
}

// Output holds the modules to add, the sets to ask (each member is [twin index, message value, bindings]) and what is known
// of each twin, by index.
type Output struct {
	Modules map[string]*ast.Module
	Queries []ast.Ref
	Statics []any
}

// Generate writes the twins of the deciding rules. The modules are not changed.
func Generate(in Input) (Output, error) {
	out := Output{Modules: map[string]*ast.Module{}}
	w := newWorld(in.Modules)
	deciding := map[string]int{}
	for _, r := range in.Rules {
		deciding[r.Package.String()+"."+r.Name] = r.Index
	}
	meta := newMetadata(in.Modules)
	for _, path := range sortedKeys(in.Modules) {
		m := in.Modules[path]
		g := &generator{w: w, scope: w.scopes[m], meta: meta, out: &out, plain: in.Plain}
		for _, rule := range m.Rules {
			index, ok := deciding[m.Package.Path.String()+"."+ruleName(rule)]
			if ok && !rule.Default && len(rule.Head.Args) == 0 {
				g.add(index, path, rule)
			}
		}
		if len(g.rules) > 0 {
			g.finish(path, m)
		}
	}
	return out, nil
}

type generator struct {
	w     *world
	scope *scope
	meta  *metadata
	out   *Output
	plain bool
	rules []*ast.Rule
}

// add writes the twins of one rule and of each of its else branches.
func (g *generator) add(index int, path string, rule *ast.Rule) {
	for r := rule; r != nil; r = r.Else {
		message, body := decision(r)
		if message == nil {
			continue
		}
		for _, variant := range g.expand(withoutPrint(body)) {
			g.addBody(index, path, rule, r, variant, message.Copy())
		}
	}
}

func (g *generator) addBody(index int, path string, rule, r *ast.Rule, body ast.Body, message *ast.Term) {
	body = g.meta.replace(rule, body)
	message = g.meta.replaceTerm(rule, message)
	body, message = nameKeys(body, message)
	steps, t := g.w.analyse(g.scope, body, message)
	static := Static{Rule: index, Path: path, Steps: steps, Origins: t.origins}
	if r.Location != nil {
		static.Line = r.Location.Row
	}
	names := captures(static)
	bindings := make([][2]*ast.Term, 0, len(names))
	for _, n := range names {
		bindings = append(bindings, [2]*ast.Term{ast.StringTerm(n), ast.VarTerm(n)})
	}
	full := append(ast.Body{}, body...)
	for _, e := range t.extras {
		if contains(names, string(e.Operand(0).Value.(ast.Var))) {
			full = append(full, e)
		}
	}
	for i, e := range full {
		e.Index = i
	}
	key := ast.ArrayTerm(ast.IntNumberTerm(len(g.out.Statics)), message, ast.ObjectTerm(bindings...))
	g.rules = append(g.rules, &ast.Rule{
		Location: r.Location,
		Head:     &ast.Head{Name: "twin", Reference: ast.Ref{ast.VarTerm("twin")}, Key: key, Location: r.Location},
		Body:     full,
	})
	g.out.Statics = append(g.out.Statics, static)
}

// decision is the message that a rule yields and the body under which it does; the body of a comprehension that makes all messages counts.
func decision(r *ast.Rule) (*ast.Term, ast.Body) {
	body := r.Body.Copy()
	if r.Head.Key != nil && r.Head.Value == nil {
		return r.Head.Key.Copy(), body
	}
	if r.Head.Value == nil {
		return nil, nil
	}
	switch v := r.Head.Value.Copy().Value.(type) {
	case *ast.SetComprehension:
		return v.Term, append(realBody(body), v.Body...)
	case *ast.ArrayComprehension:
		return v.Term, append(realBody(body), v.Body...)
	default:
		return ast.NewTerm(v), body
	}
}

// withoutPrint drops what a body prints: a twin would print it once more.
func withoutPrint(b ast.Body) ast.Body {
	out := make(ast.Body, 0, len(b))
	for _, e := range b {
		if t, ok := e.Terms.([]*ast.Term); !ok || builtinName(t[0]) != ast.Print.Name {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return b
	}
	return out
}

// realBody drops the `true` that the parser gives a rule without a body.
func realBody(b ast.Body) ast.Body {
	if len(b) == 1 {
		if t, ok := b[0].Terms.(*ast.Term); ok && t.Value.Compare(ast.Boolean(true)) == 0 {
			return nil
		}
	}
	return b
}

// nameKeys gives every wildcard a name and every `some x in xs` a key, so that the twin can yield them.
func nameKeys(body ast.Body, message *ast.Term) (ast.Body, *ast.Term) {
	n := 0
	out := make(ast.Body, len(body))
	for i, e := range body {
		if d, ok := e.Terms.(*ast.SomeDecl); ok {
			for j, s := range d.Symbols {
				if c, ok := s.Value.(ast.Call); ok && len(c) == 3 {
					key := ast.VarTerm(fmt.Sprintf("portcullis_k%d", n))
					n++
					d.Symbols[j] = ast.CallTerm(ast.NewTerm(ast.MemberWithKey.Ref()), key, c[1], c[2]).SetLocation(s.Location)
				}
			}
		}
		x, err := renameVars(e, func(v ast.Var) ast.Var {
			if v.IsWildcard() {
				return ast.Var("portcullis_w" + string(v[1:]))
			}
			return v
		})
		if err == nil {
			out[i] = x.(*ast.Expr)
		} else {
			out[i] = e
		}
	}
	return out, message
}

// captures are the variables that the description of a twin refers to.
func captures(s Static) []string {
	set := map[string]bool{}
	for _, st := range s.Steps {
		for _, r := range append(append([]read{}, st.Reads...), st.Domain...) {
			for _, a := range r.Alts {
				if a.Head != "input" {
					set[a.Head] = true
				}
				for _, p := range a.Path {
					if p.name != "" {
						set[p.name] = true
					}
				}
			}
		}
	}
	return sortedKeys(set)
}

// finish puts the twins of one module into a module of their own that sees what the original sees.
func (g *generator) finish(path string, m *ast.Module) {
	name := fmt.Sprintf("m%d", len(g.out.Queries))
	pkgPath := ast.Ref{ast.DefaultRootDocument, ast.StringTerm(Root), ast.StringTerm(name)}
	mod := &ast.Module{Package: &ast.Package{Path: pkgPath, Location: m.Package.Location}, Rules: g.rules}
	for _, imp := range m.Imports {
		mod.Imports = append(mod.Imports, imp.Copy())
	}
	for _, n := range g.mentioned() {
		if _, ok := g.scope.imports[ast.Var(n)]; !ok {
			ref := append(append(ast.Ref{}, m.Package.Path...), ast.StringTerm(n))
			mod.Imports = append(mod.Imports, &ast.Import{Path: ast.NewTerm(ref), Location: m.Package.Location})
		}
	}
	for _, r := range mod.Rules {
		r.Module = mod
	}
	mod.SetRegoVersion(m.RegoVersion())
	g.out.Modules[path+"#twins"] = mod
	g.out.Queries = append(g.out.Queries, append(append(ast.Ref{}, pkgPath...), ast.StringTerm("twin")))
}

// mentioned are the rules of the package that the twins name.
func (g *generator) mentioned() []string {
	set := map[string]bool{}
	for _, r := range g.rules {
		ast.WalkVars(r, func(v ast.Var) bool {
			if g.scope.pkg.rules[string(v)] != nil {
				set[string(v)] = true
			}
			return false
		})
		ast.WalkRefs(r, func(ref ast.Ref) bool {
			if v, ok := ref[0].Value.(ast.Var); ok && g.scope.pkg.rules[string(v)] != nil {
				set[string(v)] = true
			}
			return false
		})
	}
	return sortedKeys(set)
}

func contains(list []string, s string) bool {
	i := sort.SearchStrings(list, s)
	return i < len(list) && list[i] == s
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
