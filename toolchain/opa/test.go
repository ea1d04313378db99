package main

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type testRequest struct {
	Modules   []moduleSource    `json:"modules"`
	Data      json.RawMessage   `json:"data"`
	Files     map[string]string `json:"files"`
	Run       string            `json:"run"`
	Coverage  bool              `json:"coverage"`
	TimeoutMs int64             `json:"timeoutMs"`
}

type testPlace struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

type testCase struct {
	Name    string `json:"name"`
	Outcome string `json:"outcome"`
}

type testResult struct {
	Package    string     `json:"package"`
	Name       string     `json:"name"`
	Path       string     `json:"path"`
	Line       int        `json:"line"`
	Outcome    string     `json:"outcome"`
	DurationNs int64      `json:"durationNs"`
	Error      *regoError `json:"error,omitempty"`
	FailedAt   *testPlace `json:"failedAt,omitempty"`
	Output     string     `json:"output,omitempty"`
	Trace      string     `json:"trace,omitempty"`
	Cases      []testCase `json:"cases,omitempty"`
}

type lineRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

type fileCoverage struct {
	Path       string      `json:"path"`
	Covered    []lineRange `json:"covered"`
	NotCovered []lineRange `json:"notCovered"`
	Percentage float64     `json:"percentage"`
}

type coverage struct {
	Files      []fileCoverage `json:"files"`
	Percentage float64        `json:"percentage"`
}

type testAnswer struct {
	Results  []testResult `json:"results"`
	Coverage *coverage    `json:"coverage,omitempty"`
	Errors   []regoError  `json:"errors"`
}

const traceLimit = 16_384

// yielding lets timers fire: this machine has one thread and nothing interrupts it, so a test that loops would never
// learn that its time is over.
type yielding struct {
	topdown.QueryTracer
	events int
}

func (*yielding) Enabled() bool { return true }

func (y *yielding) Config() topdown.TraceConfig {
	if y.QueryTracer == nil {
		return topdown.TraceConfig{}
	}
	return y.QueryTracer.Config()
}

func (y *yielding) TraceEvent(event topdown.Event) {
	if y.QueryTracer != nil {
		y.QueryTracer.TraceEvent(event)
	}
	if y.events++; y.events%256 == 0 {
		runtime.Gosched()
	}
}

func testOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[testRequest](request)
	if err != nil {
		return nil, nil, err
	}
	if _, err := regexp.Compile(asked.Run); err != nil {
		return nil, nil, err
	}
	data := map[string]any{}
	if len(asked.Data) > 0 {
		if err := util.UnmarshalJSON(asked.Data, &data); err != nil {
			return nil, nil, err
		}
	}
	readable = asked.Files
	defer func() { readable = nil }()
	result := testAnswer{Results: []testResult{}}
	set := load(asked.Modules, func(c *ast.Compiler) *ast.Compiler {
		return c.WithEnablePrintStatements(true).WithCapabilities(testCapabilities())
	})
	result.Errors = finish(set.errors, set.texts)
	if len(set.parsed) == 0 {
		return result, nil, nil
	}
	var covered *cover.Cover
	var tracer topdown.QueryTracer
	if asked.Coverage {
		covered = cover.New()
		tracer = covered
	}
	found, err := runTests(set, data, asked, asked.Run, &yielding{QueryTracer: tracer}, false)
	if err != nil {
		result.Errors = append(result.Errors, fromAst("", err)...)
		return result, nil, nil
	}
	traces := explain(set, data, asked, found)
	for _, one := range found {
		result.Results = append(result.Results, describeTest(one, traces[testName(one)]))
	}
	sort.SliceStable(result.Results, func(i, j int) bool {
		a, b := result.Results[i], result.Results[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		return a.Line < b.Line
	})
	if covered != nil {
		report := coverageOf(covered.Report(policiesOf(set)))
		result.Coverage = &report
	}
	return result, nil, nil
}

// explain runs the failed tests once more with a full trace, which is too much to keep for tests that pass.
func explain(set policySet, data map[string]any, asked testRequest, found []*tester.Result) map[string][]*topdown.Event {
	var names []string
	for _, one := range found {
		if one.Fail {
			names = append(names, regexp.QuoteMeta(testName(one)))
		}
	}
	traces := map[string][]*topdown.Event{}
	if len(names) == 0 || len(names) > 50 {
		return traces
	}
	again, err := runTests(set, data, asked, "^("+strings.Join(names, "|")+")$", &yielding{}, true)
	if err != nil {
		return traces
	}
	for _, one := range again {
		traces[testName(one)] = one.Trace
	}
	return traces
}

func testName(one *tester.Result) string {
	return one.Package + "." + one.Name
}

func runTests(set policySet, data map[string]any, asked testRequest, run string, tracer *yielding, trace bool) ([]*tester.Result, error) {
	ctx := context.Background()
	store := inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))
	transaction, err := store.NewTransaction(ctx, storage.TransactionParams{})
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, transaction)
	timeout := 5 * time.Second
	if asked.TimeoutMs > 0 {
		timeout = time.Duration(asked.TimeoutMs) * time.Millisecond
	}
	modules := map[string]*ast.Module{}
	for path, module := range set.parsed {
		modules[path] = module.Copy()
	}
	results, err := tester.NewRunner().
		SetCompiler(ast.NewCompiler().SetErrorLimit(0).WithCapabilities(testCapabilities()).WithEnablePrintStatements(true)).
		SetStore(store).
		SetModules(modules).
		SetParallel(1).
		SetTimeout(timeout).
		SetCoverageQueryTracer(tracer).
		EnableTracing(trace).
		CapturePrintOutput(true).
		SetRuntime(ast.ObjectTerm()).
		Filter(run).
		RunTests(ctx, transaction)
	if err != nil {
		return nil, err
	}
	var all []*tester.Result
	for one := range results {
		all = append(all, one)
	}
	return all, nil
}

func describeTest(one *tester.Result, trace []*topdown.Event) testResult {
	result := testResult{
		Package:    strings.TrimPrefix(one.Package, "data."),
		Name:       one.Name,
		Path:       one.Location.File,
		Line:       one.Location.Row,
		DurationNs: one.Duration.Nanoseconds(),
		Output:     string(one.Output),
	}
	switch {
	case one.Skip:
		result.Outcome = "skip"
	case one.Error != nil:
		result.Outcome = "error"
		trouble := regoError{Path: result.Path, Line: result.Line, Column: 1, Code: "eval_error", Message: one.Error.Error()}
		if known, ok := one.Error.(*topdown.Error); ok {
			trouble.Code, trouble.Message = known.Code, known.Message
			if known.Location != nil {
				trouble.Path, trouble.Line, trouble.Column = known.Location.File, known.Location.Row, known.Location.Col
			}
		}
		result.Error = &trouble
	case one.Fail:
		result.Outcome = "fail"
	default:
		result.Outcome = "pass"
	}
	for path, sub := range one.SubResults.Iter {
		if len(sub.SubResults) > 0 {
			continue
		}
		outcome := "pass"
		if sub.Fail {
			outcome = "fail"
		}
		result.Cases = append(result.Cases, testCase{strings.Join(path, " / "), outcome})
	}
	if one.Fail {
		result.FailedAt = failedAt(one, trace)
		var text bytes.Buffer
		topdown.PrettyTraceWithLocation(&text, trace)
		if result.Trace = text.String(); len(result.Trace) > traceLimit {
			result.Trace = strings.ToValidUTF8(result.Trace[:traceLimit], "") + "\n…\n"
		}
	}
	return result
}

// failedAt finds the last expression of the test's own body that did not hold; where several bodies are, the last one's.
func failedAt(one *tester.Result, trace []*topdown.Event) *testPlace {
	bodies := map[uint64]bool{}
	var found *testPlace
	for _, event := range trace {
		rule, isRule := event.Node.(*ast.Rule)
		if isRule && event.Op == topdown.EnterOp && rule.Location != nil && rule.Location.File == one.Location.File &&
			strings.HasPrefix(rule.Head.Ref().String(), strings.SplitN(one.Name, "#", 2)[0]) {
			bodies[event.QueryID] = true
		}
		expression, isExpression := event.Node.(*ast.Expr)
		if isExpression && event.Op == topdown.FailOp && bodies[event.QueryID] && expression.Location != nil {
			found = &testPlace{expression.Location.File, expression.Location.Row, strings.TrimSpace(string(expression.Location.Text))}
		}
	}
	return found
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

// coverageOf leaves tests out, which cover themselves, and counts the policies' lines anew.
func coverageOf(report cover.Report) coverage {
	result := coverage{Files: []fileCoverage{}}
	coveredLines, allLines := 0, 0
	for _, path := range sortedKeys(report.Files) {
		file := report.Files[path]
		if strings.HasSuffix(path, "_test.rego") {
			continue
		}
		coveredLines += file.CoveredLines
		allLines += file.CoveredLines + file.NotCoveredLines
		result.Files = append(result.Files, fileCoverage{path, ranges(file.Covered), ranges(file.NotCovered), file.Coverage})
	}
	if allLines > 0 {
		result.Percentage = 100 * float64(coveredLines) / float64(allLines)
	}
	return result
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
