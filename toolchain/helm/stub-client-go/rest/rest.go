// Package rest stands in for client-go's: nothing in the shim ever connects to a cluster.
package rest

// Config is what a connection would need.
type Config struct{}
