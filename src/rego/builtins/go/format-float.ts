import type { Decimal } from "./decimal.ts";
import { roundedToDigits, roundedToPlaces, shortest } from "./decimal.ts";

/**
 * Formats a finite double like strconv.FormatFloat in Go; precision -1 gives as many digits as are needed to read it
 * back.
 */
export function formatFloat(value: number, format: "e" | "E" | "f" | "g" | "G", precision: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + unsigned(Math.abs(value), format, precision);
}

function unsigned(value: number, format: "e" | "E" | "f" | "g" | "G", precision: number): string {
  switch (format) {
    case "f": {
      const number = precision < 0 ? shortest(value) : roundedToPlaces(value, precision);
      return plain(number, precision < 0 ? Math.max(number.digits.length - number.point, 0) : precision);
    }
    case "e":
    case "E": {
      const number = precision < 0 ? shortest(value) : roundedToDigits(value, precision + 1);
      return withExponent(number, precision < 0 ? number.digits.length - 1 : precision, format);
    }
    case "g":
    case "G":
      return general(value, precision, format === "g" ? "e" : "E");
  }
}

function general(value: number, precision: number, mark: "e" | "E"): string {
  const places = precision === 0 ? 1 : precision;
  const number = precision < 0 ? shortest(value) : roundedToDigits(value, places);
  const count = number.digits.length;
  let limit = places;
  if (limit > count && count >= number.point) limit = count;
  if (precision < 0) limit = 6;
  const exponent = number.point - 1;
  if (exponent < -4 || exponent >= limit) {
    return withExponent(number, (precision < 0 || places > count ? count : places) - 1, mark);
  }
  return plain(number, Math.max(count - number.point, 0));
}

function plain({ digits, point }: Decimal, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (places === 0) return whole;
  const fraction = point > 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, places).padEnd(places, "0")}`;
}

function withExponent({ digits, point }: Decimal, places: number, mark: "e" | "E"): string {
  const exponent = digits === "" ? 0 : point - 1;
  const head = digits === "" ? "0" : digits.slice(0, 1);
  const tail = places > 0 ? `.${digits.slice(1).padEnd(places, "0").slice(0, places)}` : "";
  return `${head}${tail}${mark}${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
