#!/usr/bin/env node
// The command starts here, and not in dist/, so that npm can link it before anything is built.
const [major] = process.versions.node.split(".")
if (Number(major) < 22) {
  console.error(`keystead needs Node 22 or newer, and this is ${process.version}: run it with a newer Node.`)
  process.exitCode = 1
} else {
  await import("../dist/Main.js")
}
