package kinds

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// prefix starts the names of the rules that take the bodies for some kinds.
const prefix = "portcullis_part_"

// Rule is a set made by the bodies of a rule: Package is a reference such as data.main.
type Rule struct {
	Package ast.Ref
	Name    string
}

// body is one body of a rule, by the path of its module and its place in it.
type body struct {
	path  string
	index int
}

// Split moves the bodies for some kinds out of sets with many: `deny` asks for them where the kind is theirs. The modules that
// are given are not changed. Compiled are the same modules with their references resolved.
func Split(reader *Reader, modules, compiled map[string]*ast.Module, rules []Rule) map[string]*ast.Module {
	s := &splitter{reader: reader, in: modules, out: maps.Clone(modules)}
	for _, rule := range rules {
		if whole, bodies := s.divide(rule); len(whole.Parts) > 0 && s.isOwn(rule, compiled) {
			s.place(rule, rule.Name, whole, bodies)
		}
	}
	return s.out
}

type splitter struct {
	reader *Reader
	in     map[string]*ast.Module
	out    map[string]*ast.Module
	count  int
}

// isOwn says whether nothing can tell that a set is made in parts: nothing goes through its package, gives a rule of it a
// name of ours, or reads in it what METADATA says of a rule.
func (s *splitter) isOwn(rule Rule, compiled map[string]*ast.Module) bool {
	own := true
	for _, module := range compiled {
		for _, one := range module.Rules {
			ast.WalkRefs(one, func(ref ast.Ref) bool {
				own = own && !goesThrough(ref, rule.Package)
				return !own
			})
		}
	}
	for _, module := range s.in {
		if !module.Package.Path.Equal(rule.Package) {
			continue
		}
		for _, one := range module.Rules {
			ast.WalkRefs(one, func(ref ast.Ref) bool {
				own = own && !strings.HasPrefix(ref.String(), "rego.metadata")
				return !own
			})
			own = own && !strings.HasPrefix(one.Head.Ref()[0].String(), prefix)
		}
	}
	return own
}

// goesThrough says whether a reference yields more of a package than a rule that it names.
func goesThrough(ref, pkg ast.Ref) bool {
	if !ref.HasPrefix(ast.DefaultRootRef) {
		return false
	}
	for i := 1; i < len(ref); i++ {
		if _, isName := ref[i].Value.(ast.String); !isName || i == len(pkg) {
			return !isName
		}
		if !ref[i].Equal(pkg[i]) {
			return false
		}
	}
	return true
}

func (s *splitter) divide(rule Rule) (Part, []body) {
	var bodies []body
	var conditions []*Condition
	for _, path := range slices.Sorted(maps.Keys(s.in)) {
		module := s.in[path]
		if !module.Package.Path.Equal(rule.Package) {
			continue
		}
		for i, one := range module.Rules {
			if !isMember(one, rule.Name) {
				continue
			}
			bodies = append(bodies, body{path, i})
			conditions = append(conditions, s.reader.ofRule(located{one, s.reader.scopes[module]}, deepest))
		}
	}
	return Divide(conditions), bodies
}

// place moves the bodies of the parts of a set into sets of their own.
func (s *splitter) place(rule Rule, name string, whole Part, bodies []body) {
	for _, part := range whole.Parts {
		own := fmt.Sprintf("%s%d", prefix, s.count)
		s.count++
		for _, member := range part.Members {
			s.rename(bodies[member], own)
		}
		s.out["#"+own] = asking(Rule{rule.Package, name}, part, own)
		s.place(rule, own, part, bodies)
	}
}

// isMember tells a body that adds members to a set.
func isMember(rule *ast.Rule, name string) bool {
	ref := rule.Head.Ref()
	return len(ref) == 1 && ref[0].Equal(ast.VarTerm(name)) && rule.Else == nil && !rule.Default && rule.Head.DocKind() == ast.PartialSetDoc
}

func (s *splitter) rename(b body, name string) {
	if s.out[b.path] == s.in[b.path] {
		s.out[b.path] = s.in[b.path].Copy()
	}
	head := s.out[b.path].Rules[b.index].Head
	head.Name = ast.Var(name)
	head.Reference = ast.Ref{ast.VarTerm(name)}
}

// asking is the module in which a set asks for a part of it.
func asking(rule Rule, part Part, name string) *ast.Module {
	var text strings.Builder
	fmt.Fprint(&text, "package portcullis\n")
	ref := rule.Package.Append(ast.StringTerm(name))
	for _, guard := range part.Guards() {
		fmt.Fprintf(&text, "\n%s contains result if {\n\t%s\n\tsome result in %s\n}\n", rule.Name, guard, ref)
	}
	module := ast.MustParseModuleWithOpts(text.String(), ast.ParserOptions{RegoVersion: ast.RegoV1})
	module.Package.Path = rule.Package
	return module
}
