package yaml

import (
	"encoding/json"
	"strings"
)

// hasNothingToInflate tells whether DeAnchor would leave a tree as it is, as it does with nearly all. It copies each mapping
// with all that is in it, so that what lies deep is copied as often as it lies deep.
func hasNothingToInflate(node *Node) bool {
	if node == nil || node.Anchor != "" {
		return false
	}
	switch node.Kind {
	case ScalarNode:
		return true
	case MappingNode:
		if !hasPlainKeys(node.Content) {
			return false
		}
	case DocumentNode, SequenceNode:
	default:
		return false
	}
	for _, inner := range node.Content {
		if !hasNothingToInflate(inner) {
			return false
		}
	}
	return true
}

// hasPlainKeys tells whether no key merges, and none is there twice.
func hasPlainKeys(content []*Node) bool {
	var known map[string]bool
	if len(content) > 32 {
		known = make(map[string]bool, len(content)/2)
	}
	for i := 0; i < len(content); i += 2 {
		key := content[i]
		if key == nil || key.Kind != ScalarNode || key.Value == "" || key.Value == "<<" || isMerge(key) {
			return false
		}
		if known != nil {
			if known[key.Value] {
				return false
			}
			known[key.Value] = true
			continue
		}
		for earlier := 0; earlier < i; earlier += 2 {
			if content[earlier].Value == key.Value {
				return false
			}
		}
	}
	return len(content)%2 == 0
}

// PlainValue is the value of a node that reads as it looks; set by the program.
var PlainValue func(node *Node) (any, bool)

// marshalPlain is what MarshalJSON returns for such a node, which it writes as YAML and reads first.
func marshalPlain(node *Node) ([]byte, bool) {
	if PlainValue == nil {
		return nil, false
	}
	value, known := PlainValue(node)
	if !known {
		return nil, false
	}
	text, err := json.Marshal(value)
	return text, err == nil
}

// Mark begins a comment that UnmarshalJSON leaves in front of an object; set by the program.
var Mark string

func keepMark(before, after *Node) {
	if Mark != "" && before != nil && strings.HasPrefix(before.HeadComment, Mark) {
		after.HeadComment, _, _ = strings.Cut(before.HeadComment, "\n")
	}
}
