// Command schema-oracle answers what Kubernetes' own code says of objects. It is used by tests only.
//
// Standard input holds one question a line, standard output one answer a line:
// {"object": …} is decoded strictly into the Go type of its kind, {"crd": …, "object": …} goes through what the API server
// does with a custom resource: unknown fields, defaults, nulls, validation.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"regexp"
	"sort"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type question struct {
	Object json.RawMessage `json:"object"`
	CRD    json.RawMessage `json:"crd,omitempty"`
}

type answer struct {
	// Paths of fields that the kind does not have.
	Unknown []string `json:"unknown"`
	// What keeps the object from being read or from being valid.
	Errors []string `json:"errors"`
}

var unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)

func main() {
	for _, add := range []func(*runtime.Scheme) error{apiextensionsv1.AddToScheme, aggregator.AddToScheme} {
		if err := add(scheme.Scheme); err != nil {
			log.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		said := answer{Unknown: []string{}, Errors: []string{}}
		if asked.CRD == nil {
			decode(decoder, asked.Object, &said)
		} else {
			validate(asked.CRD, asked.Object, &said)
		}
		sort.Strings(said.Unknown)
		if err := out.Encode(said); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}

func decode(decoder runtime.Decoder, object []byte, said *answer) {
	_, _, err := decoder.Decode(object, nil, nil)
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, one := range strict.Errors() {
			if match := unknownField.FindStringSubmatch(one.Error()); match != nil {
				said.Unknown = append(said.Unknown, match[1])
			} else {
				said.Errors = append(said.Errors, one.Error())
			}
		}
	} else if err != nil {
		said.Errors = append(said.Errors, err.Error())
	}
}

// As apiextensions-apiserver's customresource handler does it; CEL rules are left out.
func validate(crd, object []byte, said *answer) {
	fail := func(err error) { said.Errors = append(said.Errors, err.Error()) }
	var external apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(crd, &external); err != nil {
		fail(err)
		return
	}
	var internal apiextensions.JSONSchemaProps
	version := external.Spec.Versions[0]
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &internal, nil); err != nil {
		fail(err)
		return
	}
	structural, err := schema.NewStructural(&internal)
	if err != nil {
		fail(err)
		return
	}
	validator, _, err := validation.NewSchemaValidator(&internal)
	if err != nil {
		fail(err)
		return
	}
	// Integers stay integers, as the API server's own decoder keeps them.
	var value map[string]interface{}
	if err := utiljson.Unmarshal(object, &value); err != nil {
		fail(err)
		return
	}
	_, _, unknownMeta, err := objectmeta.GetObjectMetaWithOptions(value, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		fail(err)
	}
	said.Unknown = append(said.Unknown, unknownMeta...)
	metadata := value["metadata"]
	said.Unknown = append(said.Unknown, pruning.PruneWithOptions(value, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(value, structural)
	coerceErr, unknownEmbedded := objectmeta.CoerceWithOptions(nil, value, structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if coerceErr != nil {
		fail(coerceErr)
	}
	said.Unknown = append(said.Unknown, unknownEmbedded...)
	// What the schema need not describe is restored.
	value["metadata"] = metadata
	defaulting.Default(value, structural)
	for _, one := range validation.ValidateCustomResource(nil, value, validator) {
		said.Errors = append(said.Errors, one.Error())
	}
	for _, one := range listtype.ValidateListSetsAndMaps(nil, structural, value) {
		said.Errors = append(said.Errors, one.Error())
	}
	for _, one := range objectmeta.Validate(nil, value, structural, true) {
		said.Errors = append(said.Errors, one.Error())
	}
}
