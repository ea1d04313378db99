package main

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type testRequest struct {
	Modules  []moduleSource    `json:"modules"`
	Data     json.RawMessage   `json:"data"`
	Files    map[string]string `json:"files"`
	Run      string            `json:"run"`
	Coverage bool              `json:"coverage"`
	// Changed: only tests that depend on these modules run.
	Changed   []string `json:"changed"`
	TimeoutMs int64    `json:"timeoutMs"`
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

type testAnswer struct {
	Results  []testResult `json:"results"`
	Coverage *coverage    `json:"coverage,omitempty"`
	Errors   []regoError  `json:"errors"`
	// Refused: calls that a test may replace and that nothing else may make.
	Refused []regoError `json:"refused"`
	// Affected and Needed: with `changed`, the modules that depend on the changed ones, and what these depend on.
	Affected []string `json:"affected,omitempty"`
	Needed   []string `json:"needed,omitempty"`
}

const (
	traceLimit  = 16_384
	traceEvents = 500
)

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
	result.Refused = []regoError{}
	if asked.Changed != nil {
		asked.Modules, result.Affected, result.Needed = concerned(asked)
	}
	// The tester renames tests of one name while it compiles, and so has to prepare the compiler.
	set := loadWith(asked.Modules, func(c *ast.Compiler) *ast.Compiler {
		c.WithEnablePrintStatements(true).WithCapabilities(testCapabilities())
		if none, err := tester.NewRunner().SetCompiler(c).SetModules(nil).RunTests(context.Background(), nil); err == nil {
			// It looks for tests in the background, and must find none before the modules are compiled.
			for range none {
			}
		}
		return c
	}, func(module *ast.Module) []regoError {
		return slices.DeleteFunc(refusedCalls(module), func(e regoError) bool {
			if e.Code == refusedCode && !strings.HasSuffix(e.Path, "_test.rego") {
				result.Refused = append(result.Refused, e)
			}
			return e.Code == refusedCode
		})
	})
	result.Errors = finish(set.errors, set.texts)
	result.Refused = finish(result.Refused, set.texts)
	if len(set.parsed) == 0 {
		return result, nil, nil
	}
	ctx := context.Background()
	run := testRun{set: set, asked: asked, store: inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))}
	if run.txn, err = run.store.NewTransaction(ctx, storage.TransactionParams{}); err != nil {
		return nil, nil, err
	}
	defer run.store.Abort(ctx, run.txn)
	var counted *counting
	var tracer topdown.QueryTracer
	if asked.Coverage {
		counted = newCounting()
		tracer = counted
	}
	pattern := asked.Run
	found, err := run.tests(pattern, &yielding{QueryTracer: tracer}, false)
	if err != nil {
		result.Errors = append(result.Errors, fromAst("", err)...)
		return result, nil, nil
	}
	affected := map[string]bool{}
	for _, path := range result.Affected {
		affected[path] = true
	}
	found = slices.DeleteFunc(found, func(one *tester.Result) bool {
		return asked.Changed != nil && !affected[one.Location.File]
	})
	traces := run.traced(found)
	failures := failure{set, set.compiler, run.store, run.txn}
	for _, one := range found {
		result.Results = append(result.Results, describeTest(one, traces[testName(one)], failures))
	}
	sort.SliceStable(result.Results, func(i, j int) bool {
		a, b := result.Results[i], result.Results[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		return a.Line < b.Line
	})
	if counted != nil {
		report := counted.report(policiesOf(set))
		result.Coverage = &report
	}
	return result, nil, nil
}

// concerned are the modules that matter after a change, and those that do not parse.
func concerned(asked testRequest) (needed []moduleSource, affected, paths []string) {
	parsed := map[string]*ast.Module{}
	changed := slices.Clone(asked.Changed)
	for _, source := range asked.Modules {
		if module, err := parseModule(source); err == nil && module != nil {
			parsed[source.Path] = module
		} else if header := packageLine.FindStringSubmatch(source.Text); header != nil {
			// What depends on a module that does not parse is concerned all the same.
			parsed[source.Path] = &ast.Module{Package: &ast.Package{Path: packageRef(header[1])}}
		}
	}
	reached := reachOf(parsed, changed)
	for _, source := range asked.Modules {
		if parsed[source.Path] == nil || reached.needed[source.Path] {
			needed = append(needed, source)
			paths = append(paths, source.Path)
		}
	}
	return needed, sortedKeys(reached.affected), paths
}

type testRun struct {
	set   policySet
	asked testRequest
	store storage.Store
	txn   storage.Transaction
}

// traced runs the failed tests once more with a full trace, which is too much to keep for tests that pass.
func (r testRun) traced(found []*tester.Result) map[string][]*topdown.Event {
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
	again, err := r.tests("^("+strings.Join(names, "|")+")$", &yielding{}, true)
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

func (r testRun) tests(pattern string, tracer *yielding, trace bool) ([]*tester.Result, error) {
	timeout := 5 * time.Second
	if r.asked.TimeoutMs > 0 {
		timeout = time.Duration(r.asked.TimeoutMs) * time.Millisecond
	}
	results, err := tester.NewRunner().
		SetCompiler(r.set.compiler).
		SetStore(r.store).
		SetParallel(1).
		SetTimeout(timeout).
		SetCoverageQueryTracer(tracer).
		EnableTracing(trace).
		CapturePrintOutput(true).
		SetRuntime(ast.ObjectTerm()).
		Filter(pattern).
		RunTests(context.Background(), r.txn)
	if err != nil {
		return nil, err
	}
	var all []*tester.Result
	for one := range results {
		all = append(all, one)
	}
	return all, nil
}

func describeTest(one *tester.Result, trace []*topdown.Event, failures failure) testResult {
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
		result.FailedAt = failures.at(one, trace)
		var text bytes.Buffer
		topdown.PrettyTraceWithLocation(&text, trace[:min(len(trace), traceEvents)])
		if result.Trace = text.String(); len(result.Trace) > traceLimit {
			result.Trace = strings.ToValidUTF8(result.Trace[:traceLimit], "") + "\n…\n"
		}
	}
	return result
}
