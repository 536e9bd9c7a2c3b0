// Package embedded starts the two servers that Hội Thi needs when none is configured: a real PostgreSQL as a child
// process with its data in one folder, and a Redis-compatible server inside this process.
//
// It must leave nothing behind that keeps the next start from working, however this process ended, and it must never
// touch a server that belongs to another data folder. Nothing outside this package knows that the servers are built in.
package embedded
