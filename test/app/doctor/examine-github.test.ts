import { expect, test } from "@jest/globals";
import type { Clinic } from "../../../src/app/doctor/clinic.ts";
import { examineGitHub } from "../../../src/app/doctor/examine-github.ts";
import { isLoopback, webUrl } from "../../../src/app/doctor/web-url.ts";

type Asked = Parameters<typeof examineGitHub>[0];

function clinic(over: Partial<Asked>): Asked {
  return {
    settings: { apiUrl: "https://api.github.com" } as Clinic["settings"],
    environment: {},
    clock: () => ({ ahead: 0, within: 500 }),
    registration: async () => ({ kind: "unread", why: "not looked at", status: 401 }),
    ...over,
  };
}

test.each([
  [0, "ok", "this machine's clock agrees with GitHub's"],
  [20, "ok", "this machine's clock agrees with GitHub's"],
  [-20, "ok", "this machine's clock agrees with GitHub's"],
  [90, "warning", "this machine's clock is 1 minute ahead of GitHub's"],
  [-90, "warning", "this machine's clock is 1 minute behind GitHub's"],
  [3_600, "failure", "this machine's clock is 1 hour ahead of GitHub's"],
  [-7_200, "failure", "this machine's clock is 2 hours behind GitHub's"],
])("a clock that is %d s ahead", async (seconds, state, found) => {
  const clock = { ahead: seconds * 1_000 + Math.sign(seconds) * 600, within: 500 };
  expect((await examineGitHub(clinic({ clock: () => clock }))).at(-1)).toMatchObject({
    code: "github/clock",
    state,
    found,
  });
});

test("an answer that took long does not make a clock wrong", async () => {
  const clock = { ahead: 40_000, within: 20_000 };
  expect((await examineGitHub(clinic({ clock: () => clock }))).at(-1)).toMatchObject({ state: "ok" });
});

test.each([
  ["SELF_SIGNED_CERT_IN_CHAIN", {}, /set NODE_EXTRA_CA_CERTS/],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", {}, /set NODE_EXTRA_CA_CERTS/],
  ["ENOTFOUND", {}, /check GITHUB_API_URL and the DNS/],
  ["UND_ERR_CONNECT_TIMEOUT", {}, /set HTTPS_PROXY if a proxy leads to GitHub/],
  ["ECONNREFUSED", { HTTPS_PROXY: "http://proxy:3128" }, /check GITHUB_API_URL, and HTTPS_PROXY and NO_PROXY/],
])("%s has its remedy", async (why, environment, next) => {
  const registration: Asked["registration"] = async () => ({ kind: "unread", why });
  expect(await examineGitHub(clinic({ registration, environment }))).toEqual([
    expect.objectContaining({ code: "github/unreachable", state: "failure", next: expect.stringMatching(next) }),
  ]);
});

test.each([
  ["https://api.github.com", "https://github.com"],
  ["https://api.acme.ghe.com", "https://acme.ghe.com"],
  ["https://github.acme.example/api/v3", "https://github.acme.example"],
  ["https://api.acme.example/api/v3", "https://api.acme.example"],
])("the pages of %s are at %s", (api, pages) => {
  expect(webUrl(api)).toBe(pages);
});

test("only this machine is a loopback", () => {
  expect(["http://localhost:3000/", "http://127.0.0.1/", "http://[::1]:1/"].map(isLoopback)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["http://127.0.0.1.example.com/", "http://10.0.0.1/"].map(isLoopback)).toEqual([false, false]);
});
