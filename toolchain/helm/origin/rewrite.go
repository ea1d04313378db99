package origin

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"text/template/parse"
)

// Marks stand between these two: characters that YAML, quoting and indenting leave alone.
const (
	opening = "⟪"
	closing = "⟫"
)

// What a mark says. Numbers are those of sites; a loop has the number of its site.
const (
	textMark      = 't' // from here on: text of this line
	actionMark    = 'a' // from here on: what the action prints
	callMark      = 'c' // from here on: what the template that is called prints
	loopMark      = 'l' // a loop begins
	roundMark     = 'r' // a round of it begins
	endActionMark = 'A'
	endCallMark   = 'C'
	endLoopMark   = 'L'
)

// site is a place in a template that prints, calls or loops.
type site struct {
	file string
	line int
	// What flows into an action, is handed to a call, or is looped over.
	symbol symbol
	// The conditions around it, outermost first.
	guards []symbol
}

// markedName is the name of the template that prints marks, beside the one of this name that does not.
func markedName(name string) string { return "portcullis:" + name }

// rewriter makes marked templates of those of one file.
type rewriter struct {
	*shared
	parsed
	out *strings.Builder
	// Whether marks are printed at all.
	marks bool
}

// shared is what all files of a chart have together.
type shared struct {
	// Numbered from 1 on.
	sites []site
	// The templates that are defined somewhere, and so have a marked one beside them.
	defined map[string]bool
}

// parsed is a template file with all that it defines, itself under its own name.
type parsed struct {
	file  string
	trees map[string]*parse.Tree
	// Where each line of the text ends.
	ends []int
}

func parseFile(file, text string) (parsed, error) {
	trees := map[string]*parse.Tree{}
	root := parse.New(file)
	root.Mode = parse.SkipFuncCheck
	_, err := root.Parse(text, "", "", trees)
	return parsed{file, trees, lineEnds(text)}, err
}

func lineEnds(text string) []int {
	var ends []int
	for at := range len(text) {
		if text[at] == '\n' {
			ends = append(ends, at)
		}
	}
	return ends
}

func (p parsed) lineOf(at int) int {
	return 1 + sort.SearchInts(p.ends, at)
}

func (p parsed) defines() []string {
	var names []string
	for name := range p.trees {
		if name != p.file {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// rewrite gives the text of a template file with marks: every template that it defines, plain and marked, and its own
// text, marked.
func (s *shared) rewrite(p parsed) string {
	var out strings.Builder
	for _, name := range p.defines() {
		for _, marks := range []bool{false, true} {
			called := name
			if marks {
				called = markedName(name)
			}
			fmt.Fprintf(&out, "{{define %q}}", called)
			r := &rewriter{shared: s, parsed: p, out: &out, marks: marks}
			r.list(p.trees[name].Root, newScope(), nil)
			out.WriteString("{{end}}")
		}
	}
	if own := p.trees[p.file]; own != nil {
		r := &rewriter{shared: s, parsed: p, out: &out, marks: true}
		r.list(own.Root, newScope(), nil)
	}
	return out.String()
}

func (r *rewriter) mark(kind rune, number int) {
	if r.marks {
		fmt.Fprintf(r.out, "%s%c%d%s", opening, kind, number, closing)
	}
}

func (r *rewriter) site(at parse.Pos, symbol symbol, guards []symbol) int {
	if !r.marks {
		return 0
	}
	r.sites = append(r.sites, site{file: r.file, line: r.lineOf(int(at)), symbol: symbol, guards: guards})
	return len(r.sites)
}

func (r *rewriter) list(list *parse.ListNode, s *scope, guards []symbol) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		r.node(node, s, guards)
	}
}

func (r *rewriter) node(node parse.Node, s *scope, guards []symbol) {
	switch node := node.(type) {
	case *parse.TextNode:
		r.printText(node, guards)
	case *parse.ActionNode:
		r.action(node, s, guards)
	case *parse.IfNode:
		r.branch("if", &node.BranchNode, s, guards)
	case *parse.WithNode:
		r.branch("with", &node.BranchNode, s, guards)
	case *parse.RangeNode:
		r.loop(node, s, guards)
	case *parse.TemplateNode:
		r.call(node, s, guards)
	case *parse.ListNode:
		r.list(node, s, guards)
	default:
		// Comments are not parsed; break and continue print as they are written.
		r.out.WriteString(node.String())
	}
}

// A mark stands before the first visible character of each line, so that trimming meets the same blanks as ever.
func (r *rewriter) printText(node *parse.TextNode, guards []symbol) {
	at := int(node.Pos)
	for _, line := range bytes.SplitAfter(node.Text, []byte("\n")) {
		blank := len(line) - len(bytes.TrimLeft(line, " \t\r\n"))
		r.out.Write(line[:blank])
		if blank < len(line) {
			r.mark(textMark, r.site(parse.Pos(at+blank), symbol{}, guards))
			r.out.Write(line[blank:])
			// An opening brace would become one with those of an action.
			if line[len(line)-1] == '{' {
				r.out.WriteString(separating)
			}
		}
		at += len(line)
	}
}

// separating is taken out like a mark.
const separating = opening + closing

func (r *rewriter) action(node *parse.ActionNode, s *scope, guards []symbol) {
	value := s.pipe(node.Pipe)
	if len(node.Pipe.Decl) > 0 {
		s.declare(node.Pipe, value.symbol)
		r.out.WriteString(node.String())
		return
	}
	if name, context := passedThrough(node.Pipe); r.marks && r.defined[name] {
		r.mark(callMark, r.site(node.Pos, s.argument(context).symbol, guards))
		copied := node.Pipe.CopyPipe()
		copied.Cmds[0].Args[1] = &parse.StringNode{NodeType: parse.NodeString, Quoted: fmt.Sprintf("%q", markedName(name)), Text: markedName(name)}
		fmt.Fprintf(r.out, "{{%s}}", copied)
		r.mark(endCallMark, 0)
		return
	}
	r.mark(actionMark, r.site(node.Pos, value.flat(), guards))
	r.out.WriteString(node.String())
	r.mark(endActionMark, 0)
}

// What does not look into a text that is piped through it, and leaves marks in it as they are.
var transparent = map[string]int{"indent": 2, "nindent": 2, "quote": 1, "squote": 1}

// passedThrough gives name and context of an include whose text is printed whole; empty where there is none.
func passedThrough(pipe *parse.PipeNode) (string, parse.Node) {
	for number, command := range pipe.Cmds {
		function, isFunction := command.Args[0].(*parse.IdentifierNode)
		if !isFunction {
			return "", nil
		}
		if number > 0 {
			if arguments, known := transparent[function.Ident]; !known || len(command.Args) != arguments {
				return "", nil
			}
			continue
		}
		if function.Ident != "include" || len(command.Args) != 3 {
			return "", nil
		}
	}
	name, isText := pipe.Cmds[0].Args[1].(*parse.StringNode)
	if !isText {
		return "", nil
	}
	return name.Text, pipe.Cmds[0].Args[2]
}

func (r *rewriter) branch(keyword string, node *parse.BranchNode, s *scope, guards []symbol) {
	value := s.pipe(node.Pipe)
	fmt.Fprintf(r.out, "{{%s %s}}", keyword, node.Pipe)
	dot := s.dot
	if keyword == "with" {
		dot = value.symbol
	}
	inner := s.inner(dot)
	inner.declare(node.Pipe, value.symbol)
	within := append(append([]symbol{}, guards...), value.flat())
	r.list(node.List, inner, within)
	if node.ElseList != nil {
		r.out.WriteString("{{else}}")
		otherwise := s.inner(s.dot)
		otherwise.declare(node.Pipe, value.symbol)
		r.list(node.ElseList, otherwise, within)
	}
	r.out.WriteString("{{end}}")
}

func (r *rewriter) loop(node *parse.RangeNode, s *scope, guards []symbol) {
	value := s.pipe(node.Pipe)
	number := r.site(node.Pos, value.symbol, guards)
	element := value.elements()
	if value.exact && number > 0 {
		element = value.then(step{loop: number})
	}
	r.mark(loopMark, number)
	fmt.Fprintf(r.out, "{{range %s}}", node.Pipe)
	inner := s.inner(element)
	// A key is told by the element that it leads to.
	inner.declare(node.Pipe, element)
	r.mark(roundMark, number)
	r.list(node.List, inner, guards)
	if node.ElseList != nil {
		r.out.WriteString("{{else}}")
		r.list(node.ElseList, s.inner(s.dot), guards)
	}
	r.out.WriteString("{{end}}")
	r.mark(endLoopMark, number)
}

func (r *rewriter) call(node *parse.TemplateNode, s *scope, guards []symbol) {
	name := node.Name
	var context symbol
	if node.Pipe != nil {
		context = s.pipe(node.Pipe).symbol
	}
	marked := r.marks && r.defined[name]
	if marked {
		r.mark(callMark, r.site(node.Pos, context, guards))
		name = markedName(name)
	}
	if node.Pipe == nil {
		fmt.Fprintf(r.out, "{{template %q}}", name)
	} else {
		fmt.Fprintf(r.out, "{{template %q %s}}", name, node.Pipe)
	}
	if marked {
		r.mark(endCallMark, 0)
	}
}
