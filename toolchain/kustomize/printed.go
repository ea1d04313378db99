package main

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// printed is what Resource.AsYAML returns. That writes the object as YAML, reads it, writes it as JSON, reads this too, and
// writes YAML again: a fifth of a build. Where no step of these can change a value, only the last is taken.
func printed(one *resource.Resource) ([]byte, error) {
	if value, known := plainValue(one.YNode(), false); known {
		return yamlv2.Marshal(value)
	}
	return one.AsYAML()
}

// plainValue is the value that a node has after it was written and read as YAML and as JSON; not known for what is rare, or
// reads otherwise than it looks: anchors, tags, odd numbers, odd characters.
func plainValue(node *yaml.Node, inFlow bool) (any, bool) {
	if node == nil || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 {
		return nil, false
	}
	inFlow = inFlow || node.Style&yaml.FlowStyle != 0
	if inFlow && (node.HeadComment != "" || node.LineComment != "" || node.FootComment != "") {
		return nil, false
	}
	switch node.Kind {
	case yaml.MappingNode:
		if node.Tag != "" && node.Tag != yaml.NodeTagMap {
			return nil, false
		}
		value := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			name, known := plainKey(node.Content[i], inFlow)
			if _, again := value[name]; again || !known {
				return nil, false
			}
			if value[name], known = plainValue(node.Content[i+1], inFlow); !known {
				return nil, false
			}
		}
		return value, true
	case yaml.SequenceNode:
		if node.Tag != "" && node.Tag != yaml.NodeTagSeq {
			return nil, false
		}
		value := make([]any, len(node.Content))
		for i, item := range node.Content {
			var known bool
			if value[i], known = plainValue(item, inFlow); !known {
				return nil, false
			}
		}
		return value, true
	case yaml.ScalarNode:
		return plainScalar(node, inFlow)
	}
	return nil, false
}

// longestKey is less than what YAML lets a key be without a `?` in front.
const longestKey = 120

func plainKey(node *yaml.Node, inFlow bool) (string, bool) {
	if node.Kind != yaml.ScalarNode || len(node.Value) > longestKey || strings.Contains(node.Value, "\n") {
		return "", false
	}
	value, known := plainValue(node, inFlow)
	text, isText := value.(string)
	return text, known && isText
}

var (
	plainInteger = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,14})$`)
	plainDecimal = regexp.MustCompile(`^[1-9][0-9]{0,5}\.[0-9]{1,6}$|^0\.0{0,3}[1-9][0-9]{0,6}$`)
)

func plainScalar(node *yaml.Node, inFlow bool) (any, bool) {
	text := node.Value
	if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle) != 0 {
		return text, (node.Tag == "" || node.Tag == yaml.NodeTagString) && isPlainText(node)
	}
	if node.Style != 0 && node.Style != yaml.FlowStyle {
		return nil, false
	}
	switch node.Tag {
	case yaml.NodeTagString:
		return text, isPlainText(node)
	case "":
		return text, isWord(text) && isPlainText(node)
	case yaml.NodeTagNull:
		return nil, text == "null" || text == "" && !inFlow
	case yaml.NodeTagBool:
		return text == "true", text == "true" || text == "false"
	case yaml.NodeTagInt:
		number, err := strconv.Atoi(text)
		return number, err == nil && plainInteger.MatchString(text)
	case yaml.NodeTagFloat:
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || !plainDecimal.MatchString(text) {
			return nil, false
		}
		if whole := int(number); float64(whole) == number {
			return whole, true
		}
		return number, true
	}
	return nil, false
}

// isPlainText tells whether a text stays the same however often it is written and read.
func isPlainText(node *yaml.Node) bool {
	text := node.Value
	isBlock := node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			switch {
			case c == '\n':
				if node.Style&yaml.SingleQuotedStyle != 0 {
					return false
				}
			case c == '\t':
				if isBlock {
					return false
				}
			case c < ' ' || c == 0x7f:
				return false
			}
			i++
			continue
		}
		character, size := utf8.DecodeRuneInString(text[i:])
		if character == utf8.RuneError || character < 0xa0 || character == 0x2028 || character == 0x2029 || character == 0xfeff || character >= 0xfffe && character <= 0xffff {
			return false
		}
		i += size
	}
	if !isBlock || !strings.Contains(text, "\n") {
		return true
	}
	return text[0] != '\n' && text[0] != ' ' && !strings.HasSuffix(text, "\n\n")
}

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9./-]*$`)

var notWords = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true, "null": true}

// isWord tells whether a text without quotes and without a tag is read as a text.
func isWord(text string) bool {
	return word.MatchString(text) && !notWords[strings.ToLower(text)]
}
