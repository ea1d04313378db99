export default {
  roots: ["<rootDir>/dist/test"],
  testMatch: ["**/*.test.js"],
  testEnvironment: "node",
  transform: {},
  testTimeout: 120_000,
  reporters: ["default", "<rootDir>/dist/test/support/closing-line-reporter.js"],
  coverageProvider: "v8",
};
