// A simulated GitHub to play with: `node dist/test/support/github/main.js [PORT] [WEBHOOK_URL]`. Prints what the App's environment needs.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGitHub } from "./server.ts";

const [port = "4000", webhookUrl = "http://127.0.0.1:3000/api/github/webhooks"] = process.argv.slice(2);
const github = await startGitHub({ port: Number(port), webhookUrl });
const repository = await github.createRepository({
  fullName: "acme/gitops",
  files: { "portcullis.yaml": "version: 1\npolicies: [policies]\n", "README.md": "# gitops\n" },
});
github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
const token = github.tokenOf(repository.owner);
const key = join(github.world.directory, "private-key.pem");
writeFileSync(key, github.privateKey, { mode: 0o600 });
const clone = new URL(github.cloneUrl(repository));
[clone.username, clone.password] = [repository.owner.login, token];

console.log(`GITHUB_API_URL=${github.apiUrl}
APP_ID=${github.appId}
PRIVATE_KEY_PATH=${key}
WEBHOOK_SECRET=${github.webhookSecret}
# webhooks go to ${webhookUrl}
# a writer's clone: git clone ${clone.href}
# open a pull request: curl -H 'authorization: Bearer ${token}' ${github.apiUrl}/repos/acme/gitops/pulls -d '{"title":"t","head":"BRANCH","base":"main"}'`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const violation of github.violations)
      console.error(`${violation.where} ${violation.operation}: ${violation.message}`);
    void github.close();
  });
}
