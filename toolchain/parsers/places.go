package main

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/hashicorp/hcl/v2"
)

// place is where the value at a pointer is: lines and columns from 1, columns in bytes.
type place struct {
	Pointer string `json:"pointer"`
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	EndLine int    `json:"endLine"`
}

// placesOf never fails: what it does not find has no place.
func placesOf(parser string, source []byte) (found []place) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	switch parser {
	case "hcl2":
		return hclPlaces(source)
	case "toml":
		return tomlPlaces(source)
	case "dockerfile":
		return dockerfilePlaces(source)
	}
	return nil
}

func below(pointer, key string) string {
	return pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func at(pointer string, index int) string {
	return pointer + "/" + strconv.Itoa(index)
}

var lineFinders = []func(error) int{
	func(err error) int {
		var wrong toml.ParseError
		if errors.As(err, &wrong) {
			return wrong.Position.Line
		}
		return 0
	},
	func(err error) int {
		var wrong *hcl.Diagnostic
		if errors.As(err, &wrong) && wrong.Subject != nil {
			return wrong.Subject.Start.Line
		}
		return 0
	},
	func(err error) int {
		named := inMessage.FindStringSubmatch(err.Error())
		if named == nil {
			return 0
		}
		line, _ := strconv.Atoi(named[1] + named[2])
		return line
	},
}

// The forms in which most parsers name a line: "line 3", ":3,1-2:", ":3:1".
var inMessage = regexp.MustCompile(`(?i)\blines?[ :]+(\d+)|:(\d+)[,:]\d+`)
