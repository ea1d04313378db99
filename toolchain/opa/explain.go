package main

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"

	explaining "portcullis.dev/toolchain/opa/explain"
)

type explainRequest struct {
	Modules []moduleSource  `json:"modules"`
	Rules   []string        `json:"rules"`
	Input   json.RawMessage `json:"input"`
	Data    json.RawMessage `json:"data"`
	Now     int64           `json:"nowNs,string"`
	// Result: only ways to this result are shown of a body that holds.
	Result json.RawMessage `json:"result"`
}

type explainAnswer struct {
	Rules  []explaining.Rule `json:"rules"`
	Errors []regoError       `json:"errors"`
}

// explainOperation tells for an input why rules have their results, or which condition did not hold.
func explainOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[explainRequest](request)
	if err != nil {
		return nil, nil, err
	}
	set := load(asked.Modules, func(c *ast.Compiler) *ast.Compiler { return c })
	answer := explainAnswer{Rules: []explaining.Rule{}, Errors: finish(set.errors, set.texts)}
	data := map[string]any{}
	if len(asked.Data) > 0 {
		if err := util.UnmarshalJSON(asked.Data, &data); err != nil {
			return nil, nil, err
		}
	}
	input, err := ast.ValueFromReader(bytes.NewReader(asked.Input))
	if err != nil {
		return nil, nil, err
	}
	var wanted ast.Value
	if len(asked.Result) > 0 {
		if wanted, err = ast.ValueFromReader(bytes.NewReader(asked.Result)); err != nil {
			return nil, nil, err
		}
	}
	ctx := context.Background()
	store := inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))
	txn, err := store.NewTransaction(ctx, storage.TransactionParams{})
	if err != nil {
		return nil, nil, err
	}
	defer store.Abort(ctx, txn)
	setting := explaining.Setting{Modules: set.parsed, Compiler: set.compiler, Store: store, Txn: txn, Input: ast.NewTerm(input)}
	if asked.Now != 0 {
		setting.Time = time.Unix(0, asked.Now)
	}
	for _, rule := range asked.Rules {
		ref, err := ast.ParseRef(rule)
		if err != nil {
			return nil, nil, err
		}
		answer.Rules = append(answer.Rules, explaining.Explain(ctx, setting, ref, wanted))
	}
	return answer, nil, nil
}
