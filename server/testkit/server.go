package testkit

import (
	"os"
	"sync"
	"testing"
)

// theServer is the address of the server for tests: the given one, else the cluster of this machine.
var theServer = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("HOITHI_TEST_DATABASE_URL"); given != "" {
		return given, nil
	}
	return startCluster()
})

func serverURL(t testing.TB) string {
	t.Helper()
	url, err := theServer()
	if err != nil {
		t.Fatalf("testkit: no PostgreSQL for tests: %v", err)
	}
	return url
}
