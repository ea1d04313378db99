// Command yaml-oracle answers how Kubernetes reads YAML. It is used by tests only.
//
// Standard input is a stream of files, each a 4-byte big-endian length and its bytes. For each file standard output gets a
// 4-byte length and a JSON array with one entry for each document that apimachinery's YAMLReader cuts out:
// {"yaml": text} with what sigs.k8s.io/yaml makes of it, {"error": text} where it refuses, and in both cases "json" with
// what encoding/json makes of a document that looks like JSON, which kubectl tries first. A file that cannot be cut ends
// with {"split": text}. Documents that are nothing but their separator are left out.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"log"
	"os"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type answer struct {
	YAML  *string `json:"yaml,omitempty"`
	Error string  `json:"error,omitempty"`
	JSON  *string `json:"json,omitempty"`
	Split string  `json:"split,omitempty"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		var size uint32
		if err := binary.Read(in, binary.BigEndian, &size); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		file := make([]byte, size)
		if _, err := io.ReadFull(in, file); err != nil {
			log.Fatal(err)
		}
		text, err := json.Marshal(readFile(file))
		if err != nil {
			log.Fatal(err)
		}
		if err := binary.Write(out, binary.BigEndian, uint32(len(text))); err != nil {
			log.Fatal(err)
		}
		if _, err := out.Write(text); err != nil {
			log.Fatal(err)
		}
	}
}

func readFile(file []byte) []answer {
	answers := []answer{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(file)))
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return answers
		}
		if err != nil {
			return append(answers, answer{Split: err.Error()})
		}
		if isBareSeparator(document) {
			continue
		}
		answers = append(answers, readDocument(document))
	}
}

// isBareSeparator tells whether a document is only the line of a separator: the reader hands those out now and then.
func isBareSeparator(document []byte) bool {
	document = bytes.TrimPrefix(document, []byte("\ufeff"))
	return bytes.HasPrefix(document, []byte("---")) && bytes.IndexByte(document, '\n') == len(document)-1
}

func readDocument(document []byte) (result answer) {
	if utilyaml.IsJSONBuffer(document) {
		decoder := json.NewDecoder(bytes.NewReader(document))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err == nil && !decoder.More() {
			if text, err := json.Marshal(value); err == nil {
				s := string(text)
				result.JSON = &s
			}
		}
	}
	text, err := yaml.YAMLToJSON(document)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	s := string(text)
	result.YAML = &s
	return result
}
