package main

import (
	"github.com/open-policy-agent/conftest/parser/codeowners"
	"github.com/open-policy-agent/conftest/parser/cyclonedx"
	"github.com/open-policy-agent/conftest/parser/docker"
	dotenv "github.com/open-policy-agent/conftest/parser/dotenv"
	"github.com/open-policy-agent/conftest/parser/edn"
	"github.com/open-policy-agent/conftest/parser/groovy"
	"github.com/open-policy-agent/conftest/parser/hcl1"
	"github.com/open-policy-agent/conftest/parser/hcl2"
	"github.com/open-policy-agent/conftest/parser/hocon"
	"github.com/open-policy-agent/conftest/parser/ignore"
	"github.com/open-policy-agent/conftest/parser/ini"
	"github.com/open-policy-agent/conftest/parser/json"
	"github.com/open-policy-agent/conftest/parser/jsonc"
	"github.com/open-policy-agent/conftest/parser/nginx"
	"github.com/open-policy-agent/conftest/parser/properties"
	"github.com/open-policy-agent/conftest/parser/spdx"
	"github.com/open-policy-agent/conftest/parser/toml"
	"github.com/open-policy-agent/conftest/parser/vcl"
	"github.com/open-policy-agent/conftest/parser/xml"
	"github.com/open-policy-agent/conftest/parser/yaml"
)

type format interface {
	Unmarshal(text []byte, into any) error
}

// Conftest's own, by the names that its --parser takes.
var parsers = map[string]format{
	"codeowners": &codeowners.Parser{},
	"cyclonedx":  &cyclonedx.Parser{},
	"dockerfile": &docker.Parser{},
	"dotenv":     &dotenv.Parser{},
	"edn":        &edn.Parser{},
	"groovy":     &groovy.Parser{},
	"hcl1":       &hcl1.Parser{},
	"hcl2":       &hcl2.Parser{},
	"hocon":      &hocon.Parser{},
	"ignore":     &ignore.Parser{},
	"ini":        &ini.Parser{},
	"json":       &json.Parser{},
	"jsonc":      &jsonc.Parser{},
	"nginx":      &nginx.Parser{},
	"properties": &properties.Parser{},
	"spdx":       &spdx.Parser{},
	"toml":       &toml.Parser{},
	"vcl":        &vcl.Parser{},
	"xml":        &xml.Parser{},
	"yaml":       &yaml.Parser{},
}
