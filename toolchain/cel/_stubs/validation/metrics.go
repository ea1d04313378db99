package validation

import "time"

type noMetrics struct{}

// Metrics stands in for the API server's: nothing is measured here.
var Metrics noMetrics

func (noMetrics) ObserveRatchetingTime(time.Duration) {}
