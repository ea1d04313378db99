/** What `portcullis lint --help` adds to the options. */
export const LINT_HELP = `
docs/lint.md describes every rule. A rule is switched off for one place by a comment with a reason,
"# portcullis-lint ignore: RULE REASON", and everywhere by lint: { off: [RULE] } in portcullis.yaml.

Exit codes:
  0  no issues    1  there are issues    2  a file could not be linted
`;
