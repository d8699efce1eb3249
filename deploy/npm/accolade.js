#!/usr/bin/env node
// Starts the binary of the package for this platform, which npm installs as an optional dependency.
"use strict";

const { spawn } = require("node:child_process");
const os = require("node:os");

const platform = `accolade-cli-${process.platform}-${process.arch}`;
let binary;
try {
  binary = require.resolve(`${platform}/accolade`);
} catch {
  console.error(
    `error: package \`${platform}\` is not installed; install accolade-cli with optional ` +
      "dependencies, or build the command with `cargo install accolade-cli` if there is no " +
      "package for this platform",
  );
  process.exit(1);
}

// Not `spawnSync`, which would block the signals that stop `accolade serve`.
const child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`error: cannot run ${binary}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (status, signal) => {
  // The exit status of a shell for a process that a signal ended.
  process.exit(signal ? 128 + os.constants.signals[signal] : status);
});
