/** The string formats that the API server enforces. Other formats are ignored. */
export interface Format {
  /** What to expect, in a message. */
  readonly expected: string;
  readonly matches: (text: string) => boolean;
}

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Quantities as in apimachinery's resource.ParseQuantity: `0.5`, `500m`, `1Gi`, `1e3`. */
const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

export const formats: { readonly [name: string]: Format } = {
  quantity: { expected: "a quantity such as 500m or 1Gi", matches: (text) => quantity.test(text) },
  byte: { expected: "base64", matches: isBase64 },
  "date-time": { expected: "a time such as 2027-01-15T09:30:00Z", matches: isTime },
  "micro-time": {
    expected: "a time such as 2027-01-15T09:30:00.000000Z",
    matches: (text) => isTime(text) && /\.\d{6}(?:Z|[+-])/.test(text),
  },
  date: { expected: "a date such as 2027-01-15", matches: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDay(text) },
  ipv4: { expected: "an IPv4 address", matches: (text) => ipv4.test(text) },
  ipv6: { expected: "an IPv6 address", matches: isIpv6 },
  cidr: { expected: "a network such as 10.0.0.0/8", matches: isCidr },
  mac: { expected: "a MAC address", matches: (text) => /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text) },
  uuid: {
    expected: "a UUID",
    matches: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  },
};

/** Base64 as in Go's base64.StdEncoding: padding is required, line ends are skipped. */
function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/[\r\n]/g, ""));
}

/** RFC 3339 as Go's time.Parse takes it. */
function isTime(text: string): boolean {
  if (!time.test(text) || !isDay(text.slice(0, 10))) return false;
  const [hour, minute, second] = text.slice(11, 19).split(":").map(Number);
  return (hour ?? 24) < 24 && (minute ?? 60) < 60 && (second ?? 60) < 60;
}

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}

function isIpv6(text: string): boolean {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return false;
  const groups = (part: string): readonly string[] => (part === "" ? [] : part.split(":"));
  const all = [...groups(head), ...groups(tail ?? "")];
  const last = all.at(-1) ?? "";
  const length = all.length + (ipv4.test(last) ? 1 : 0);
  const wellFormed = all.every(
    (group, i) => /^[0-9a-f]{1,4}$/i.test(group) || (i === all.length - 1 && ipv4.test(group)),
  );
  return wellFormed && (tail === undefined ? length === 8 : length < 8);
}

function isCidr(text: string): boolean {
  const [, address, bits] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  if (address === undefined) return false;
  return ipv4.test(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
}
