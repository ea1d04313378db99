package origin

import (
	"strconv"
	"text/template/parse"
)

// scope holds what dot and the variables stand for at one place of a template.
type scope struct {
	dot       symbol
	variables map[string]symbol
	outer     *scope
}

func newScope() *scope {
	return &scope{dot: data, variables: map[string]symbol{"$": data}}
}

func (s *scope) inner(dot symbol) *scope {
	return &scope{dot: dot, variables: map[string]symbol{}, outer: s}
}

func (s *scope) variable(name string) symbol {
	for at := s; at != nil; at = at.outer {
		if found, known := at.variables[name]; known {
			return found
		}
	}
	return symbol{}
}

// assign keeps what the variable stood for before: whether the assignment runs is not known.
func (s *scope) assign(name string, value symbol) {
	for at := s; at != nil; at = at.outer {
		if before, known := at.variables[name]; known {
			at.variables[name] = union(before, value)
			return
		}
	}
}

// declare is what a pipeline with variables does to its scope.
func (s *scope) declare(pipe *parse.PipeNode, value symbol) {
	for _, variable := range pipe.Decl {
		if pipe.IsAssign {
			s.assign(variable.Ident[0], value)
		} else {
			s.variables[variable.Ident[0]] = value
		}
	}
}

// result is what an expression may yield; exact, where it is one value as it stands and nothing made of it.
type result struct {
	symbol
	exact bool
}

func (s *scope) pipe(pipe *parse.PipeNode) result {
	if pipe == nil {
		return result{}
	}
	var previous *result
	for _, command := range pipe.Cmds {
		yielded := s.command(command, previous)
		previous = &yielded
	}
	if previous == nil {
		return result{}
	}
	return *previous
}

func (s *scope) command(command *parse.CommandNode, piped *result) result {
	identifier, isFunction := command.Args[0].(*parse.IdentifierNode)
	if !isFunction {
		return s.argument(command.Args[0])
	}
	var arguments []result
	for _, node := range command.Args[1:] {
		arguments = append(arguments, s.argument(node))
	}
	nodes := command.Args[1:]
	if piped != nil {
		arguments = append(arguments, *piped)
		nodes = append(append([]parse.Node{}, nodes...), nil)
	}
	return call(identifier.Ident, nodes, arguments)
}

func (s *scope) argument(node parse.Node) result {
	switch node := node.(type) {
	case *parse.DotNode:
		return result{s.dot, true}
	case *parse.FieldNode:
		return result{s.dot.fields(node.Ident), true}
	case *parse.VariableNode:
		return result{s.variable(node.Ident[0]).fields(node.Ident[1:]), true}
	case *parse.ChainNode:
		inner := s.argument(node.Node)
		return result{inner.fields(node.Field), inner.exact}
	case *parse.PipeNode:
		return s.pipe(node)
	case *parse.IdentifierNode:
		return call(node.Ident, nil, nil)
	}
	return result{}
}

// call is what a function makes of its arguments. For most of them: something of all that went in.
func call(name string, nodes []parse.Node, arguments []result) result {
	switch name {
	case "include", "lookup":
		return result{}
	case "tpl":
		return result{first(arguments).flat(), false}
	case "index", "get":
		return indexed(nodes, arguments)
	case "dig":
		return dug(nodes, arguments)
	case "dict":
		return result{dictionary(nodes, arguments), false}
	case "default", "required":
		if len(arguments) != 2 {
			return result{}
		}
		if arguments[0].empty() {
			return arguments[1]
		}
		return result{union(arguments[0].symbol, arguments[1].symbol), false}
	case "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite", "deepCopy", "mustDeepCopy", "coalesce", "ternary", "or", "and", "set":
		return result{joined(arguments), false}
	}
	return result{joined(arguments).flat(), false}
}

func first(arguments []result) symbol {
	if len(arguments) == 0 {
		return symbol{}
	}
	return arguments[0].symbol
}

func joined(arguments []result) symbol {
	var all []symbol
	for _, one := range arguments {
		all = append(all, one.symbol)
	}
	return union(all...)
}

// indexed follows keys that the template spells out; with any other key it is something in the container.
func indexed(nodes []parse.Node, arguments []result) result {
	if len(arguments) == 0 {
		return result{}
	}
	at := arguments[0]
	for number := 1; number < len(arguments); number++ {
		key, known := constant(nodes[number])
		if !known {
			return result{at.symbol, false}
		}
		at = result{at.then(step{key: key}), at.exact}
	}
	return at
}

// dug is `dig "a" "b" default dictionary`.
func dug(nodes []parse.Node, arguments []result) result {
	if len(arguments) < 3 {
		return result{}
	}
	last := len(arguments) - 1
	at := arguments[last].symbol
	for _, node := range nodes[:last-1] {
		key, known := constant(node)
		if !known {
			return result{union(at, arguments[last-1].symbol), false}
		}
		at = at.then(step{key: key})
	}
	return result{union(at, arguments[last-1].symbol), false}
}

func dictionary(nodes []parse.Node, arguments []result) symbol {
	built := symbol{dict: map[string]symbol{}}
	for at := 0; at+1 < len(arguments); at += 2 {
		if key, known := constant(nodes[at]); known {
			built.dict[key] = arguments[at+1].symbol
		}
	}
	return built
}

func constant(node parse.Node) (string, bool) {
	switch node := node.(type) {
	case *parse.StringNode:
		return node.Text, true
	case *parse.NumberNode:
		if node.IsInt {
			return strconv.FormatInt(node.Int64, 10), true
		}
	}
	return "", false
}
