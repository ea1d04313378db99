package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"

	celgo "github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
)

// policy is a ValidatingAdmissionPolicy whose expressions are compiled.
type policy struct {
	Facts     policyFacts
	spec      admissionregistrationv1.ValidatingAdmissionPolicySpec
	compiler  *cel.CompositedCompiler
	validator validating.Validator
	// indices are those of the validations that are judged: what asks the API server for permissions is not.
	indices []int
	// programs are those of spec.validations, for what they read.
	programs []celgo.Program
}

// policyFacts is what the host is told of a policy once.
type policyFacts struct {
	Errors []expressionError `json:"errors,omitempty"`
	// Unjudged are the fields of the expressions that use `authorizer`, directly or through variables.
	Unjudged []string `json:"unjudged,omitempty"`
	// UserInfo are the fields of the expressions that read who asks.
	UserInfo []string `json:"userInfo,omitempty"`
	// ReadsChange are the indices of the validations that read the operation or the old object.
	ReadsChange []int `json:"readsChange,omitempty"`
}

// expressionError is an expression that does not compile, at the path of its field in the policy.
type expressionError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func compilePolicy(text json.RawMessage) *policy {
	compiled := &policy{}
	var object admissionregistrationv1.ValidatingAdmissionPolicy
	if err := json.Unmarshal(text, &object); err != nil {
		compiled.Facts.Errors = append(compiled.Facts.Errors, expressionError{Field: "spec", Detail: err.Error()})
		return compiled
	}
	compiled.spec = object.Spec
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		compiled.Facts.Errors = append(compiled.Facts.Errors, expressionError{Field: "spec", Detail: err.Error()})
		return compiled
	}
	compiled.compiler = compiler
	compiled.compile(object.Name)
	return compiled
}

// compile does what the API server does when it takes in a policy.
func (p *policy) compile(name string) {
	spec := &p.spec
	hasParams := spec.ParamKind != nil
	all := cel.OptionalVariableDeclarations{HasParams: hasParams, HasAuthorizer: true}
	ofMessages := cel.OptionalVariableDeclarations{HasParams: hasParams}
	reading := &reading{of: p, options: all, variables: map[string]used{}}

	for index, variable := range spec.Variables {
		accessor := &validating.Variable{Name: variable.Name, Expression: variable.Expression}
		result := p.compiler.CompileAndStoreVariable(accessor, all, environment.StoredExpressions)
		at := fmt.Sprintf("spec.variables[%d].expression", index)
		p.refuse(at, result)
		reading.variables[variable.Name] = reading.look(at, variable.Expression)
	}
	var conditions []cel.ExpressionAccessor
	for index := range spec.MatchConditions {
		condition := (*matchconditions.MatchCondition)(&spec.MatchConditions[index])
		at := fmt.Sprintf("spec.matchConditions[%d].expression", index)
		p.refuse(at, p.compiler.CompileCELExpression(condition, all, environment.StoredExpressions))
		reading.look(at, condition.Expression)
		conditions = append(conditions, condition)
	}
	var validations, messages []cel.ExpressionAccessor
	for index, one := range spec.Validations {
		at := fmt.Sprintf("spec.validations[%d].expression", index)
		condition := &validating.ValidationCondition{Expression: one.Expression, Message: one.Message, Reason: one.Reason}
		result := p.compiler.CompileCELExpression(condition, all, environment.StoredExpressions)
		p.refuse(at, result)
		found := reading.look(at, one.Expression)
		if found.authorizer {
			continue
		}
		if found.change {
			p.Facts.ReadsChange = append(p.Facts.ReadsChange, index)
		}
		var message cel.ExpressionAccessor
		if one.MessageExpression != "" {
			message = &validating.MessageExpressionCondition{MessageExpression: one.MessageExpression}
			p.refuse(fmt.Sprintf("spec.validations[%d].messageExpression", index), p.compiler.CompileCELExpression(message, ofMessages, environment.StoredExpressions))
		}
		p.indices = append(p.indices, index)
		p.programs = append(p.programs, result.Program)
		validations = append(validations, condition)
		messages = append(messages, message)
	}
	var annotations []cel.ExpressionAccessor
	for index, one := range spec.AuditAnnotations {
		annotation := &validating.AuditAnnotationCondition{Key: one.Key, ValueExpression: one.ValueExpression}
		at := fmt.Sprintf("spec.auditAnnotations[%d].valueExpression", index)
		p.refuse(at, p.compiler.CompileCELExpression(annotation, all, environment.StoredExpressions))
		if !reading.look(at, one.ValueExpression).authorizer {
			annotations = append(annotations, annotation)
		}
	}
	var matcher matchconditions.Matcher
	if len(conditions) > 0 {
		matcher = matchconditions.NewMatcher(p.compiler.CompileCondition(conditions, all, environment.StoredExpressions), spec.FailurePolicy, "policy", "validate", name)
	}
	p.validator = validating.NewValidator(
		p.compiler.CompileCondition(validations, all, environment.StoredExpressions),
		matcher,
		p.compiler.CompileCondition(annotations, all, environment.StoredExpressions),
		p.compiler.CompileCondition(messages, ofMessages, environment.StoredExpressions),
		spec.FailurePolicy,
		nil,
	)
}

func (p *policy) refuse(at string, result cel.CompilationResult) {
	if result.Error != nil {
		p.Facts.Errors = append(p.Facts.Errors, expressionError{Field: at, Detail: result.Error.Error()})
	}
}

// used is what an expression uses, directly or through variables.
type used struct{ authorizer, userInfo, change bool }

// reading notes what the expressions of a policy use that a repository does not tell.
type reading struct {
	of        *policy
	options   cel.OptionalVariableDeclarations
	variables map[string]used
}

func (r *reading) look(at, expression string) used {
	found := r.find(expression)
	if found.authorizer {
		r.of.Facts.Unjudged = append(r.of.Facts.Unjudged, at)
	}
	if found.userInfo {
		r.of.Facts.UserInfo = append(r.of.Facts.UserInfo, at)
	}
	return found
}

func (r *reading) find(expression string) used {
	var found used
	env, err := r.of.compiler.Env(environment.StoredExpressions)
	if err != nil {
		return found
	}
	parsed, issues := env.Parse(expression)
	if issues != nil && issues.Err() != nil {
		return found
	}
	celast.PreOrderVisit(parsed.NativeRep().Expr(), celast.NewExprVisitor(func(one celast.Expr) {
		switch one.Kind() {
		case celast.IdentKind:
			name := one.AsIdent()
			found.authorizer = found.authorizer || name == cel.AuthorizerVarName || strings.HasPrefix(name, cel.AuthorizerVarName+".")
			found.change = found.change || name == cel.OldObjectVarName
		case celast.SelectKind:
			operand, name := one.AsSelect().Operand(), one.AsSelect().FieldName()
			if operand.Kind() != celast.IdentKind {
				return
			}
			switch operand.AsIdent() {
			case cel.RequestVarName:
				found.userInfo = found.userInfo || name == "userInfo"
				found.change = found.change || name == "operation"
			case cel.VariableVarName:
				through := r.variables[name]
				found.authorizer = found.authorizer || through.authorizer
				found.userInfo = found.userInfo || through.userInfo
				found.change = found.change || through.change
			}
		}
	}))
	return found
}

// evaluation of the validation at an index of those that are judged, for what it reads of the object.
func (p *policy) evaluation(at int, activation func(*recorder) names) evaluate {
	return func(to *recorder) {
		if p.programs[at] == nil {
			return
		}
		ctx := p.compiler.CreateContext(context.Background())
		values := activation(to)
		values[cel.VariableVarName] = ctx.Variables(values)
		run(ctx, p.programs[at], values)
	}
}
