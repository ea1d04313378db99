package main

import (
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/topdown"
)

type lineRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// lineHits is how often the expressions of a line were evaluated.
type lineHits struct {
	Line int `json:"line"`
	Hits int `json:"hits"`
}

// ruleHits is how often one body of a rule held.
type ruleHits struct {
	Name string `json:"name"`
	Line int    `json:"line"`
	Hits int    `json:"hits"`
}

type fileCoverage struct {
	Path       string      `json:"path"`
	Covered    []lineRange `json:"covered"`
	NotCovered []lineRange `json:"notCovered"`
	Percentage float64     `json:"percentage"`
	Lines      []lineHits  `json:"lines"`
	Rules      []ruleHits  `json:"rules"`
}

type coverage struct {
	Files      []fileCoverage `json:"files"`
	Percentage float64        `json:"percentage"`
}

// counting counts beside what OPA's report of coverage says, which knows only whether.
type counting struct {
	*cover.Cover
	lines map[string]map[int]int
	rules map[*ast.Location]int
}

func newCounting() *counting {
	return &counting{cover.New(), map[string]map[int]int{}, map[*ast.Location]int{}}
}

func (c *counting) TraceEvent(event topdown.Event) {
	c.Cover.TraceEvent(event)
	switch node := event.Node.(type) {
	case *ast.Rule:
		if event.Op == topdown.ExitOp {
			c.count(node.Head.Location)
			c.rules[node.Head.Location]++
		}
	case *ast.Expr:
		if event.Op == topdown.EvalOp {
			c.count(node.Location)
		}
	}
}

func (c *counting) count(at *ast.Location) {
	if at == nil || at.File == "" {
		return
	}
	if c.lines[at.File] == nil {
		c.lines[at.File] = map[int]int{}
	}
	c.lines[at.File][at.Row]++
}

// report leaves tests out, which cover themselves, and counts the policies' lines anew.
func (c *counting) report(modules map[string]*ast.Module) coverage {
	report := c.Cover.Report(modules)
	result := coverage{Files: []fileCoverage{}}
	coveredLines, allLines := 0, 0
	for _, path := range sortedKeys(report.Files) {
		file := report.Files[path]
		if modules[path] == nil {
			continue
		}
		coveredLines += file.CoveredLines
		allLines += file.CoveredLines + file.NotCoveredLines
		one := fileCoverage{path, ranges(file.Covered), ranges(file.NotCovered), file.Coverage, nil, c.rulesOf(modules[path])}
		one.Lines = c.linesOf(path, one)
		result.Files = append(result.Files, one)
	}
	if allLines > 0 {
		result.Percentage = 100 * float64(coveredLines) / float64(allLines)
	}
	return result
}

func (c *counting) linesOf(path string, file fileCoverage) []lineHits {
	hits := map[int]int{}
	for _, one := range file.NotCovered {
		for line := one.From; line <= one.To; line++ {
			hits[line] = 0
		}
	}
	for _, one := range file.Covered {
		for line := one.From; line <= one.To; line++ {
			hits[line] = max(1, c.lines[path][line])
		}
	}
	lines := make([]lineHits, 0, len(hits))
	for line, n := range hits {
		lines = append(lines, lineHits{line, n})
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i].Line < lines[j].Line })
	return lines
}

func (c *counting) rulesOf(module *ast.Module) []ruleHits {
	// The compiler copies rules, whose heads keep their places.
	byPlace := map[[2]int]int{}
	for at, n := range c.rules {
		if at != nil && at.File == module.Package.Location.File {
			byPlace[[2]int{at.Row, at.Col}] += n
		}
	}
	rules := []ruleHits{}
	ast.WalkRules(module, func(rule *ast.Rule) bool {
		at := rule.Head.Location
		rules = append(rules, ruleHits{rule.Head.Ref().GroundPrefix().String(), at.Row, byPlace[[2]int{at.Row, at.Col}]})
		return false
	})
	sort.SliceStable(rules, func(i, j int) bool { return rules[i].Line < rules[j].Line })
	return rules
}

func policiesOf(set policySet) map[string]*ast.Module {
	modules := map[string]*ast.Module{}
	for path, module := range set.parsed {
		if !strings.HasSuffix(path, "_test.rego") {
			modules[path] = module
		}
	}
	return modules
}

func ranges(list []cover.Range) []lineRange {
	out := []lineRange{}
	for _, one := range list {
		next := lineRange{one.Start.Row, one.End.Row}
		if n := len(out); n > 0 && out[n-1] == next {
			continue
		}
		out = append(out, next)
	}
	return out
}
