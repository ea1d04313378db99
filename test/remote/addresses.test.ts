import { expect, test } from "@jest/globals";
import { isPublicAddress } from "../../src/remote/http/addresses.ts";
import { namedHosts } from "../../src/remote/http/named-hosts.ts";
import { createNames } from "../../src/remote/http/names.ts";
import { fetchOnce, jobOptions, storeDirectory } from "../support/remote-servers/job.ts";

test.each([
  ["public", "93.184.215.14", true],
  ["public", "8.8.8.8", true],
  ["public", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", true],
  ["loopback", "127.0.0.1", false],
  ["loopback", "127.255.255.254", false],
  ["loopback", "::1", false],
  ["unspecified", "0.0.0.0", false],
  ["unspecified", "0.1.2.3", false],
  ["unspecified", "::", false],
  ["private", "10.0.0.1", false],
  ["private", "172.16.0.1", false],
  ["private", "172.31.255.255", false],
  ["next to private", "172.32.0.1", true],
  ["private", "192.168.1.1", false],
  ["shared by a carrier", "100.64.0.1", false],
  ["next to it", "100.128.0.1", true],
  ["link-local, where clouds tell secrets", "169.254.169.254", false],
  ["link-local", "fe80::1", false],
  ["link-local with a zone", "fe80::1%eth0", false],
  ["a cloud's own", "168.63.129.16", false],
  ["a cloud's own", "fd00:ec2::254", false],
  ["unique local", "fc00::1", false],
  ["site-local", "fec0::1", false],
  ["multicast", "224.0.0.1", false],
  ["multicast", "ff02::1", false],
  ["broadcast", "255.255.255.255", false],
  ["reserved", "240.0.0.1", false],
  ["for protocols", "192.0.0.192", false],
  ["for documentation", "192.0.2.1", false],
  ["for documentation", "2001:db8::1", false],
  ["for benchmarks", "198.18.0.1", false],
  ["mapped IPv4", "::ffff:10.0.0.1", false],
  ["mapped IPv4, public or not", "::ffff:8.8.8.8", false],
  ["mapped IPv4 in hexadecimal", "::ffff:7f00:1", false],
  ["compatible IPv4", "::127.0.0.1", false],
  ["translated IPv4", "::ffff:0:127.0.0.1", false],
  ["NAT64", "64:ff9b::7f00:1", false],
  ["local NAT64", "64:ff9b:1::7f00:1", false],
  ["6to4", "2002:7f00:1::", false],
  ["Teredo", "2001:0:7f00:1::", false],
  ["discarded", "100::1", false],
  ["no address", "localhost", false],
  ["no address", "", false],
])("%s: %s", (_, address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  ["https://127.0.0.1/x", "127.0.0.1 is not a public address"],
  ["https://127.1/x", "127.0.0.1 is not a public address"],
  ["https://2130706433/x", "127.0.0.1 is not a public address"],
  ["https://0x7f000001/x", "127.0.0.1 is not a public address"],
  ["https://0x7f.0.0.0x1/x", "127.0.0.1 is not a public address"],
  ["https://0177.0.0.01/x", "127.0.0.1 is not a public address"],
  ["https://017700000001/x", "127.0.0.1 is not a public address"],
  ["https://①②⑦.0.0.1/x", "127.0.0.1 is not a public address"],
  ["https://127.0.0.1./x", "127.0.0.1 is not a public address"],
  ["https://0/x", "0.0.0.0 is not a public address"],
  ["https://[::1]/x", "[::1] is not a public address"],
  ["https://[::ffff:127.0.0.1]/x", "[::ffff:7f00:1] is not a public address"],
  ["https://[64:ff9b::127.0.0.1]/x", "[64:ff9b::7f00:1] is not a public address"],
  ["https://[fe80::1]/x", "[fe80::1] is not a public address"],
  ["https://169.254.169.254/latest/meta-data", "169.254.169.254 is not a public address"],
  ["https://inside.example.com/x", "inside.example.com is not a public address, 10.1.2.3"],
  ["https://half-inside.example.com/x", "half-inside.example.com is not a public address, 10.1.2.3"],
  ["https://localhost/x", "localhost is not a public address, 10.1.2.3"],
  ["http://93.184.215.14/x", "http://93.184.215.14/x is not HTTPS"],
  ["file:///etc/passwd", "is not HTTPS"],
  ["ftp://example.com/x", "ftp://example.com/x is not HTTPS"],
  ["https://me:secret@example.com/x", "https://example.com/x is written with credentials"],
  ["https://me@example.com/x", "https://example.com/x is written with credentials"],
  ["https://", "cannot be read"],
  ["https://exa mple.com/x", "cannot be read"],
  ["https://[::1%25eth0]/x", "cannot be read"],
  ["oci://127.0.0.1/x", "cannot be read|not HTTPS"],
])("%s is refused", async (url, message) => {
  const resolve = async (host: string) => {
    const isAddress = /^[\d.]+$|:/.test(host);
    const inside = { address: isAddress ? host.replace(/\.$/, "") : "10.1.2.3", family: host.includes(":") ? 6 : 4 };
    return host.startsWith("half") ? [{ address: "93.184.215.14", family: 4 }, inside] : [inside];
  };
  const outcome = await fetchOnce({ ...jobOptions(await storeDirectory(), []), resolve }, { kind: "file", url });
  expect(outcome).toMatchObject({ kind: "refused" });
  expect(outcome).toHaveProperty("message", expect.stringMatching(new RegExp(message.replaceAll(/[.[\]]/g, "\\$&"))));
  expect(JSON.stringify(outcome)).not.toContain("secret");
});

test.each([
  ["https://charts.internal/**", "https://charts.internal/x", true],
  ["https://charts.internal", "https://charts.internal/x", true],
  ["https://charts.internal/**", "https://charts.internal:8443/x", false],
  ["https://charts.internal/**", "http://charts.internal/x", false],
  ["https://CHARTS.internal:443/**", "https://charts.internal/x", true],
  ["oci://10.0.0.1:5000/**", "https://10.0.0.1:5000/v2/", true],
  ["http://127.1:80/**", "http://127.0.0.1/x", true],
  ["https://[::1]:8443/**", "https://[::1]:8443/x", true],
  ["https://*.internal/**", "https://charts.internal/x", false],
  ["https://charts.{internal,example.com}/**", "https://charts.internal/x", false],
  ["https://user@charts.internal/**", "https://charts.internal/x", false],
  ["**", "https://charts.internal/x", false],
])("%s names the host of %s: %s", (pattern, url, expected) => {
  expect(namedHosts([pattern]).has(new URL(url))).toBe(expected);
});

test("what is connected to is what was judged, whatever a name means later", async () => {
  const answers = ["93.184.215.14", "127.0.0.1"];
  const names = createNames({
    named: namedHosts([]),
    byProxy: false,
    resolve: async () => [{ address: answers.shift() ?? "127.0.0.1", family: 4 }],
  });
  await names.judge(new URL("https://rebinding.example.com/"));

  for (const all of [true, false]) {
    const found = await new Promise((resolve, reject) => {
      names.lookup("rebinding.example.com", { all }, (error, address) =>
        error === null ? resolve(address) : reject(error),
      );
    });
    expect(found).toEqual(all ? [{ address: "93.184.215.14", family: 4 }] : "93.184.215.14");
  }
});

test("an address that a proxy should have found, and did not, is judged when it is connected to", async () => {
  let isFound = false;
  const names = createNames({
    named: namedHosts(["https://inside.example.com:8443/**"]),
    byProxy: true,
    resolve: async () => {
      if (!isFound) throw new Error("not found");
      return [{ address: "127.0.0.1", family: 4 }];
    },
  });
  await names.judge(new URL("https://flaky.example.com/"));
  isFound = true;
  const find = async (host: string): Promise<unknown> =>
    new Promise((resolve) => names.lookup(host, {}, (error, address) => resolve(error?.message ?? address)));

  expect(await find("flaky.example.com")).toContain("flaky.example.com is not a public address, 127.0.0.1");
  expect(await find("inside.example.com")).toBe("127.0.0.1");
});
