import { expect, test } from "@jest/globals";
import { normalizedUrl, repositoryNamedBy } from "../../src/render/repository-url.ts";

test.each([
  ["https://github.com/Acme/Deploy.git", "github.com/acme/deploy"],
  ["https://token@github.com/acme/deploy/", "github.com/acme/deploy"],
  ["git@github.com:acme/deploy.git", "github.com/acme/deploy"],
  ["ssh://git@github.com:22/acme/deploy.git", "github.com/acme/deploy"],
  ["git@forge.example:1000/deploy", "forge.example/1000/deploy"],
  ["https://forge.example:8443/acme/deploy", "forge.example:8443/acme/deploy"],
  ["https://forge.example:443/acme/deploy", "forge.example/acme/deploy"],
  ["http://forge.example:443/acme/deploy", "forge.example:443/acme/deploy"],
  ["ssh://git@altssh.gitlab.com:443/acme/deploy", "gitlab.com/acme/deploy"],
  ["https://ssh.github.com:443/acme/deploy", "ssh.github.com/acme/deploy"],
  ["https://github.com", "github.com"],
  ["", ""],
])("%s is compared as %s", (url, expected) => {
  expect(normalizedUrl(url)).toBe(expected);
});

test.each([
  ["https://github.com/acme/deploy", ["git@github.com:acme/deploy.git"], "this"],
  ["https://github.com/acme/other", ["git@github.com:acme/deploy.git"], "other"],
  ["https://github.com/acme/other", [], "unknown"],
] as const)("%s among %j is %s repository", (url, repositories, expected) => {
  expect(repositoryNamedBy(url, repositories)).toBe(expected);
});
