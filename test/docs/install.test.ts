import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readCredentialsFile } from "../../src/remote/credentials/credentials-file.ts";

test("the documented file of credentials is read, and each entry is found by what a repository refers to", async () => {
  const text = await readFile("docs/install.md", "utf8");
  const [, example = ""] = /```yaml\n(# GHCR[^`]*)```/.exec(text.replaceAll(/`aws [^`]*`/g, "aws")) ?? [];
  const directory = await mkdtemp(join(tmpdir(), "portcullis-install-"));
  const path = join(directory, "credentials.yaml");
  await writeFile(path, example);
  const { credentials, limitedTo } = await readCredentialsFile(path, ["https://github.com/acme/gitops.git"]);
  await rm(directory, { recursive: true });

  const users = await Promise.all(
    [
      "oci://ghcr.io/acme/charts/web",
      "oci://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts/web",
      "oci://acme.azurecr.io/charts/web",
      "oci://europe-docker.pkg.dev/acme-project/charts/web",
      "oci://harbor.example.com/platform/web",
      "https://gitlab.example.com/platform/base.git",
      "https://charts.example.com/stable",
    ].map(async (url) => ((await credentials(url)) as { username?: string } | undefined)?.username),
  );
  expect(users).toEqual([
    "acme-bot",
    "AWS",
    "portcullis",
    "_json_key_base64",
    "robot$platform+portcullis",
    "gitlab+deploy-token-1",
    "reader",
  ]);
  expect(limitedTo).toHaveLength(1);
});
