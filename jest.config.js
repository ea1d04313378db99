export default {
  roots: ["<rootDir>/dist/test"],
  testMatch: ["**/*.test.js"],
  testEnvironment: "node",
  transform: {},
  maxWorkers: 2,
  // Jest keeps the modules of every test file in memory. A process is started anew before they are many: to start a process
  // from a large one, as most tests do, takes many times as long as from a small one.
  workerIdleMemoryLimit: "128MB",
  // For what never ends, on however busy a machine; a sweep takes as long as it is told to.
  testTimeout: process.env["PORTCULLIS_SWEEP"] === undefined ? 600_000 : 3_600_000,
  globalSetup: "<rootDir>/dist/test/support/before-all.js",
  reporters: ["default", "<rootDir>/dist/test/support/closing-line-reporter.js"],
  coverageProvider: "v8",
};
