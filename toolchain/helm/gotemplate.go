package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/gosimple/slug"
	"sigs.k8s.io/yaml"
)

type goTemplateRequest struct {
	Templates  []string       `json:"templates"`
	Parameters map[string]any `json:"parameters"`
	Options    []string       `json:"options"`
}

// goTemplateOperation fills templates as Argo CD's ApplicationSet controller does with goTemplate: true.
func goTemplateOperation(text json.RawMessage, _ []byte) (any, []byte, error) {
	var request goTemplateRequest
	if err := json.Unmarshal(text, &request); err != nil {
		return nil, nil, err
	}
	base := template.New("base").Funcs(applicationSetFunctions())
	filled := make([]string, len(request.Templates))
	for at, one := range request.Templates {
		result, err := fill(base, one, request)
		if err != nil {
			return failed(failure{Message: err.Error()})
		}
		filled[at] = result
	}
	return map[string][]string{"texts": filled}, nil, nil
}

func fill(base *template.Template, text string, request goTemplateRequest) (result string, err error) {
	defer func() {
		// An option that text/template does not know panics, and so do a few functions on a wrong type.
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("failed to execute go template %s: %v", text, trouble)
		}
	}()
	cloned, err := base.Clone()
	if err != nil {
		return "", err
	}
	parsed, err := cloned.Option(request.Options...).Parse(text)
	if err != nil {
		return "", fmt.Errorf("failed to parse template %s: %w", text, err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, request.Parameters); err != nil {
		return "", fmt.Errorf("failed to execute go template %s: %w", text, err)
	}
	return out.String(), nil
}

// The functions that Argo CD offers; see "Go Template" in its documentation of ApplicationSet.
func applicationSetFunctions() template.FuncMap {
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	functions["normalize"] = normalize
	functions["slugify"] = slugify
	functions["toYaml"] = func(value any) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	functions["fromYaml"] = func(text string) (map[string]any, error) {
		value := map[string]any{}
		err := yaml.Unmarshal([]byte(text), &value)
		return value, err
	}
	functions["fromYamlArray"] = func(text string) ([]any, error) {
		value := []any{}
		err := yaml.Unmarshal([]byte(text), &value)
		return value, err
	}
	return functions
}

var notInNames = regexp.MustCompile(`[^-a-z0-9.]`)

const longestName = 253

// normalize makes a DNS subdomain of a name: lower case, other characters as dashes, at most 253, no dash or dot at the ends.
func normalize(name string) string {
	name = notInNames.ReplaceAllString(strings.ToLower(name), "-")
	if len(name) > longestName {
		name = name[:longestName]
	}
	return strings.Trim(name, "-.")
}

// slugify takes a greatest length (50), whether to cut at words (true), and last the name.
func slugify(args ...any) (string, error) {
	length, cutAtWords := 50, true
	if len(args) == 0 {
		return "", nil
	}
	name, isText := args[len(args)-1].(string)
	ok := isText
	if len(args) > 1 {
		length, isText = args[0].(int)
		ok = ok && isText
	}
	if len(args) > 2 {
		cutAtWords, isText = args[1].(bool)
		ok = ok && isText
	}
	if !ok {
		return "", errors.New("slugify expects [length [cut at words]] name")
	}
	slug.EnableSmartTruncate = cutAtWords
	slug.MaxLength = length
	return slug.Make(normalize(name)), nil
}
