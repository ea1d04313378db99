import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IANA's special-purpose addresses, and what clouds serve to their own machines at other ones. */
const privateIPv4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Within 2000::/3; nothing outside it is public. Among them are those that carry an IPv4 address: Teredo and 6to4. */
const privateIPv6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const refused = new BlockList();
for (const [network, prefix] of privateIPv4) refused.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of privateIPv6) refused.addSubnet(network, prefix, "ipv6");
const unicast = new BlockList();
unicast.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address, in its usual form and without brackets, belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused.check(address, "ipv4");
  // A zone, as in fe80::1%eth0, is of one machine alone.
  if (!isIPv6(address) || address.includes("%")) return false;
  return unicast.check(address, "ipv6") && !refused.check(address, "ipv6");
}
