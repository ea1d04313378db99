/** What `portcullis test --help` says below the options. */
export const TEST_HELP = `
What runs:
  *_test.rego                                rules named test_…, as opa test runs them
  fixtures/accepted-*, fixtures/rejected-*   YAML files or directories next to a policy. An accepted fixture must give
                                             no finding of that policy, a rejected one at least one. If lines of a
                                             rejected fixture end in "# finding", findings must be on exactly those lines.
  scenarios/NAME/                            a repository in head/, before the change in base/ (optional), judged as check
                                             judges it, and the verdict, findings and problems in expected.json
  Suite of test.gatekeeper.sh                suites of Gatekeeper's gator

--from runs no test. It writes the manifest of the finding, as small as it can be, into fixtures/rejected-* beside the
policy, and a test rule into its *_test.rego where it has one. What is secret is replaced by random text.

Exit codes:
  0  all passed    1  a test failed, or coverage is below the threshold    2  the tests could not be run
`;
