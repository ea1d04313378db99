/** What commands say below their options. */

export const CHECK_HELP = `
Exit codes:
  0  compliant
  1  not compliant
  2  could not be judged: bad usage, unreadable configuration or manifest, a policy that does not compile, nothing to judge

Examples:
  portcullis check                           judge what portcullis.yaml lists, or everything here
  portcullis check deploy/ -p policy/        judge a directory with your own policies
  portcullis check --base origin/main        judge the changes on your branch; only findings they introduce block
  portcullis check --base origin/main -o markdown >> "$GITHUB_STEP_SUMMARY"
  portcullis check apps/web.yaml -p policies/owner --trace   why a rule has no finding: the condition that failed
  portcullis check --fix --dry-run           show what can be fixed; without --dry-run, write it
`;

export const IMPACT_HELP = `
The desired state is judged twice: by the rules of the base (portcullis.yaml, policies, data, levels, parameters) and by
the new ones. One result is one rule, object and environment. Owners come from CODEOWNERS.

Exit codes:
  0  compared    1  --fail-on asks for it    2  the rules or the desired state could not be judged

Examples:
  portcullis impact --base origin/main               what the policies as they are on disk would change
  portcullis impact --base v1.4.0 --head v1.5.0      between two commits of the repository with the rules
  portcullis impact --base origin/main -o markdown >> "$GITHUB_STEP_SUMMARY"
`;

export const RENDER_HELP = `
A Kustomize root is printed byte for byte as kustomize build prints it. Several sources are printed as one YAML stream.

Exit codes:
  0  rendered    2  a source could not be rendered, or no source has this name

Examples:
  portcullis render overlays/production | kubectl apply --server-side -f -
  portcullis render "Application argocd/web"
`;

export const EXPLAIN_HELP = `
Exit codes:
  0  explained    2  there is nothing of this name, or it could not be judged

Examples:
  portcullis explain                            the policies in force, with their levels
  portcullis explain images/tag                 what the policy asks for, its rules and examples
  portcullis explain apps/web.yaml:12           the findings at a line: the values that made the rule fire
  portcullis explain images/tag apps/web.yaml   why the policy finds nothing there: the first condition that failed
`;
