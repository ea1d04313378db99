package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	protoparser "github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

var messageType = regexp.MustCompile(`(?m)^.*#\s+proto-message:\s+([a-zA-Z0-9_\.]+)`)

// parseTextproto reads a message of the type that its comment names, which one of the .proto files at hand declares.
// Conftest's own parser reads them from disk.
func parseTextproto(source []byte, files map[string][]byte) (any, error) {
	named := messageType.FindSubmatch(source)
	if named == nil {
		return nil, fmt.Errorf("extract proto message type: file does not contain necessary proto-message comment")
	}
	descriptors, err := declared(files)
	if err != nil {
		return nil, err
	}
	found, err := descriptors.FindDescriptorByName(protoreflect.FullName(named[1]))
	if err != nil {
		return nil, fmt.Errorf("look up message type %q: %w", named[1], err)
	}
	descriptor, isMessage := found.(protoreflect.MessageDescriptor)
	if !isMessage {
		return nil, fmt.Errorf("look up message type %q: it is no message", named[1])
	}
	message := dynamicpb.NewMessage(descriptor)
	types := dynamicpb.NewTypes(descriptors)
	if err := (prototext.UnmarshalOptions{Resolver: types}).Unmarshal(source, message); err != nil {
		return nil, fmt.Errorf("unmarshal textproto: %w", err)
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true, Resolver: types}.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("marshal JSON: %w", err)
	}
	var value any
	err = json.Unmarshal(text, &value)
	return value, err
}

func declared(files map[string][]byte) (*protoregistry.Files, error) {
	var names []string
	for name := range files {
		if strings.HasSuffix(name, ".proto") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	registry := new(protoregistry.Files)
	for _, name := range names {
		handler := reporter.NewHandler(nil)
		tree, err := protoparser.Parse(name, bytes.NewReader(files[name]), handler)
		if err != nil {
			return nil, fmt.Errorf("load proto file %s: %w", name, err)
		}
		result, err := protoparser.ResultFromAST(tree, true, handler)
		if err != nil {
			return nil, fmt.Errorf("load proto file %s: %w", name, err)
		}
		descriptor, err := protodesc.NewFile(result.FileDescriptorProto(), registry)
		if err != nil {
			return nil, fmt.Errorf("load proto file %s: %w", name, err)
		}
		if err := registry.RegisterFile(descriptor); err != nil {
			return nil, fmt.Errorf("load proto file %s: %w", name, err)
		}
	}
	return registry, nil
}
