//go:build !unix

package testkit

import (
	"errors"
	"os/exec"
)

func startCluster() (string, error) {
	return "", errors.New("on this system, set HOITHI_TEST_DATABASE_URL to a PostgreSQL 15 or newer")
}

func startBound(*exec.Cmd) (func(), error) {
	return nil, errors.New("not on this system")
}
