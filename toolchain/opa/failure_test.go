package main

import (
	"encoding/json"
	"testing"
)

func TestAFailedComparisonTellsBothSides(t *testing.T) {
	request, err := json.Marshal(map[string]any{"modules": []moduleSource{
		{Path: "p.rego", Text: "package p\n\ndeny contains msg if {\n\tmsg := sprintf(\"replicas are %d\", [input.replicas])\n}\n"},
		{Path: "p_test.rego", Text: "package p_test\n\nimport data.p\n\ntest_a if {\n\tn := 3\n\tcount(p.deny) == 2 with input as {\"replicas\": n}\n}\n\ntest_b if not p.deny with input as {\"replicas\": 1}\n"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	answer, _, err := testOperation(request, nil)
	if err != nil {
		t.Fatal(err)
	}
	results := answer.(testAnswer).Results
	if len(results) != 2 {
		t.Fatalf("results are %v", results)
	}
	for i, expected := range []string{`[{"text":"count(p.deny)","value":"1"},{"text":"2","value":"2","constant":true}]`, `[{"text":"p.deny","value":"{\"replicas are 1\"}"}]`} {
		if got, _ := json.Marshal(results[i].FailedAt.Values); string(got) != expected {
			t.Errorf("values are %s", got)
		}
	}
}
