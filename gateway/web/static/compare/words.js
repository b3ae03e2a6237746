// Says amounts, days, ages and codes in words. Amounts stay the text they came as: no arithmetic on money here.

const LANGUAGE = "en";
const DAY = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });
const DATE = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const COUNT = new Intl.NumberFormat(LANGUAGE);
const PERCENT = new Intl.NumberFormat(LANGUAGE, { style: "percent" });
const AGE = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "always" });
const LIST = new Intl.ListFormat(LANGUAGE);
const COUNTRY = new Intl.DisplayNames([LANGUAGE], { type: "region" });
// More than this not every browser formats.
const MOST_DECIMALS = 20;

export const KINDS = {
  ITEMS: "Goods",
  SHIPPING: "Shipping",
  DUTY: "Import duty",
  TAX: "Tax",
  CUSTOMS_FEE: "Customs fee",
  HANDLING: "Handling",
  OTHER: "Other",
};

export const CERTAINTIES = {
  KNOWN: "known",
  ESTIMATED: "estimated",
  INCLUDED: "included",
  UNKNOWN: "not known",
};

export const BADGES = {
  CHEAPEST: "Cheapest",
  FASTEST: "Fastest",
  BEST_VALUE: "Best value",
  LOWEST_MINIMUM: "Lowest minimum order",
};

export const SOURCES = {
  SAMPLE: "sample data, invented",
  STALE: "older than it should be",
};

/** A code without words of its own, such as one that is newer than this page. */
export function plain(words, code) {
  return words[code] ?? code.toLowerCase().replaceAll("_", " ");
}

/** Every digit that was given, and at least as many as the currency has. */
export function money({ amount, currencyCode }) {
  const style = { style: "currency", currency: currencyCode };
  const usual = new Intl.NumberFormat(LANGUAGE, style).resolvedOptions().maximumFractionDigits;
  const given = (amount.split(".")[1] ?? "").replace(/0+$/, "").length;
  if (given > MOST_DECIMALS) {
    return `${amount} ${currencyCode}`;
  }
  const maximumFractionDigits = Math.max(usual, given);
  return new Intl.NumberFormat(LANGUAGE, { ...style, minimumFractionDigits: usual, maximumFractionDigits }).format(
    amount,
  );
}

export function count(number) {
  return COUNT.format(number);
}

export function pieces(number) {
  return number === 1 ? "1 piece" : `${count(number)} pieces`;
}

export function offers(number) {
  return number === 1 ? "1 offer" : `${count(number)} offers`;
}

/** Such as "a, b, and c". */
export function list(all) {
  return LIST.format(all);
}

export function percent(share) {
  return PERCENT.format(share);
}

export function country(code) {
  return COUNTRY.of(code);
}

export function days({ min, max }) {
  return min === max ? (max === 1 ? "1 day" : `${max} days`) : `${min}–${max} days`;
}

/** Days to the door, with what is not counted in them. */
export function daysToDoor({ delivery, processing }) {
  return delivery ? days(delivery) + (processing ? "" : ", plus making ready") : "not known";
}

/** The calendar days on which it would come when ordered now. */
export function dates({ min, max }, now = new Date()) {
  const after = (number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + number);
  return DAY.formatRange(after(min), after(max));
}

export function date(iso) {
  return DATE.format(new Date(iso));
}

export function moment(iso) {
  return MOMENT.format(new Date(iso));
}

/** How long ago, such as "3 minutes ago". */
export function ago(iso, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 5) {
    return "just now";
  }
  const [size, unit] = scale(seconds);
  return AGE.format(-Math.floor(seconds / size), unit);
}

/** A while to wait, such as "4 seconds" or "3 hours". */
export function wait(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [size, unit] = scale(seconds);
  const number = Math.ceil(seconds / size);
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

function scale(seconds) {
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  return units.find(([size]) => seconds >= size) ?? [1, "second"];
}

/** The older of two ages. */
export function older(one, other) {
  return other && other.asOf < one.asOf ? other : one;
}
