module portcullis.dev/toolchain/jsonnet

go 1.26.0

require (
	github.com/google/go-jsonnet v0.22.0
	portcullis.dev/toolchain/reactor v0.0.0
)

require (
	go.yaml.in/yaml/v2 v2.4.2 // indirect
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
	sigs.k8s.io/yaml v1.6.0 // indirect
)

replace portcullis.dev/toolchain/reactor => ../reactor
