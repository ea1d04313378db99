package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"portcullis.dev/toolchain/reactor"
)

type request struct {
	// Path is that of the file to parse, among Files.
	Path   string `json:"path"`
	Parser string `json:"parser"`
	// Files has, besides the file itself, what it may import.
	Files []reactor.File `json:"files"`
}

type answer struct {
	// Places are those of the values, where the format's parser tells them.
	Places  []place  `json:"places,omitempty"`
	Failure *failure `json:"failure,omitempty"`
}

type failure struct {
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
}

// parseOperation answers with the value as JSON in the binary part, as conftest hands it to policies.
func parseOperation(text json.RawMessage, blob []byte) (any, []byte, error) {
	var asked request
	if err := json.Unmarshal(text, &asked); err != nil {
		return nil, nil, err
	}
	files, err := reactor.Files(asked.Files, blob)
	if err != nil {
		return nil, nil, err
	}
	source, present := files[asked.Path]
	if !present {
		return nil, nil, fmt.Errorf("%s is not among the files", asked.Path)
	}
	value, err := parse(asked, source, files)
	if err != nil {
		return answer{Failure: &failure{Message: err.Error(), Line: lineOf(err)}}, nil, nil
	}
	out, err := json.Marshal(value)
	var unsupported *json.UnsupportedValueError
	if errors.As(err, &unsupported) {
		return answer{Failure: &failure{Message: "a number of it is not a number of JSON: " + unsupported.Str}}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return answer{Places: placesOf(asked.Parser, source)}, out, nil
}

// parse recovers where a parser panics: that is an error in the file.
func parse(asked request, source []byte, files map[string][]byte) (value any, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			value, err = nil, fmt.Errorf("the parser stopped: %v", trouble)
		}
	}()
	switch asked.Parser {
	case "jsonnet":
		return parseJsonnet(asked.Path, files)
	case "textproto":
		return parseTextproto(source, files)
	}
	parser, known := parsers[asked.Parser]
	if !known {
		return nil, fmt.Errorf("unknown parser: %s", asked.Parser)
	}
	err = parser.Unmarshal(source, &value)
	return value, err
}

// lineOf is the line that an error names; 0 where it names none.
func lineOf(err error) int {
	for _, find := range lineFinders {
		if line := find(err); line > 0 && line < math.MaxInt32 {
			return line
		}
	}
	return 0
}
