package twins

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// definition is one rule with the names that its body sees.
type definition struct {
	rule  *ast.Rule
	scope *scope
}

// pkg holds the rules of one package over all of its modules, by their first name.
type pkg struct {
	path  ast.Ref
	rules map[string][]definition
}

// scope is what the names of one module mean.
type scope struct {
	pkg     *pkg
	module  *ast.Module
	imports map[ast.Var]ast.Ref
}

// world is the whole policy set.
type world struct {
	packages map[string]*pkg
	scopes   map[*ast.Module]*scope
	memo     map[string]*value
	active   map[string]bool
	groups   int
	// branches: how many bodies of helpers were followed for the body at hand.
	branches int
}

func newWorld(modules map[string]*ast.Module) *world {
	w := &world{
		packages: map[string]*pkg{},
		scopes:   map[*ast.Module]*scope{},
		memo:     map[string]*value{},
		active:   map[string]bool{},
	}
	for _, path := range sortedKeys(modules) {
		m := modules[path]
		key := m.Package.Path.String()
		p := w.packages[key]
		if p == nil {
			p = &pkg{path: m.Package.Path, rules: map[string][]definition{}}
			w.packages[key] = p
		}
		s := &scope{pkg: p, module: m, imports: map[ast.Var]ast.Ref{}}
		for _, imp := range m.Imports {
			if r, ok := imp.Path.Value.(ast.Ref); ok && len(r) > 0 && !keywordImport(r) {
				s.imports[imp.Name()] = r
			}
		}
		w.scopes[m] = s
		for _, rule := range m.Rules {
			name := ruleName(rule)
			p.rules[name] = append(p.rules[name], definition{rule, s})
		}
	}
	return w
}

func keywordImport(r ast.Ref) bool {
	head, ok := r[0].Value.(ast.Var)
	return ok && (head == "future" || head == "rego")
}

// ruleName is the first name of a rule's head: `a` of `a.b.c`.
func ruleName(rule *ast.Rule) string {
	if len(rule.Head.Reference) > 0 {
		if v, ok := rule.Head.Reference[0].Value.(ast.Var); ok {
			return string(v)
		}
	}
	return string(rule.Head.Name)
}

// find splits a reference into data into the rules it names and the rest of its path.
func (w *world) find(r ast.Ref) ([]definition, ast.Ref) {
	for i := len(r) - 1; i >= 1; i-- {
		name, ok := r[i].Value.(ast.String)
		if !ok {
			continue
		}
		if p := w.packages[r[:i].String()]; p != nil {
			if defs := p.rules[string(name)]; defs != nil {
				return defs, r[i+1:]
			}
		}
	}
	return nil, nil
}

// absolute turns a reference by import alias or by the name of a rule of the package into one into data or input.
func (s *scope) absolute(r ast.Ref) (ast.Ref, bool) {
	head, ok := r[0].Value.(ast.Var)
	if !ok {
		return nil, false
	}
	if head == "input" || head == "data" {
		return r, true
	}
	if path, ok := s.imports[head]; ok {
		return append(append(ast.Ref{}, path...), r[1:]...), true
	}
	if s.pkg.rules[string(head)] != nil {
		out := append(append(ast.Ref{}, s.pkg.path...), ast.StringTerm(string(head)))
		return append(out, r[1:]...), true
	}
	return nil, false
}

// global says whether a name means something outside of the body it stands in.
func (s *scope) global(v ast.Var) bool {
	if v == "input" || v == "data" {
		return true
	}
	_, imported := s.imports[v]
	return imported || s.pkg.rules[string(v)] != nil
}
