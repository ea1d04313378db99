package main

import (
	"encoding/json"
	"errors"
)

func testOperation(json.RawMessage, []byte) (any, []byte, error) {
	return nil, nil, errors.New("not yet")
}
