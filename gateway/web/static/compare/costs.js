// A quote's costs: a stacked bar to see them, and the same in text to read them.

import { h, webAddress } from "./elements.js";
import { table } from "./table.js";
import { CERTAINTIES, KINDS, date, money, plain } from "./words.js";

// What is not known has no length; it gets this share of the dearest offer's, so that it is seen.
const UNKNOWN_SHARE = 0.08;

/** What a line is called by those who take it, else what it is for. */
export function nameOf({ name, kind }) {
  return name ?? purpose({ kind });
}

function purpose({ kind }) {
  return plain(KINDS, kind);
}

/** The whole price, "at least" while some of it is not known. */
export function landed(quote) {
  return quote.complete ? money(quote.landedCost) : `at least ${money(quote.landedCost)}`;
}

/** The day of the oldest rate that something in these quotes was converted by; null when nothing was. */
export function dayOfRates(quotes) {
  const converted = quotes.filter(({ costs }) => costs.some((cost) => cost.original));
  const days = converted.flatMap(({ exchangeRates }) => exchangeRates.map(({ asOf }) => asOf));
  return days.sort()[0] ?? null;
}

/**
 * One measure for the bars of all these quotes, so that they can be compared with each other: a function that
 * gives a line's share of the longest bar. Numbers are good enough to draw with; what is read is always the text.
 */
export function measureOf(quotes) {
  const lengths = quotes.map((quote) => sum(drawn(quote), ({ amount }) => Number(amount?.amount ?? 0)));
  const unknown = UNKNOWN_SHARE * (Math.max(0, ...lengths) || 1);
  const length = ({ amount }) => (amount === null ? unknown : Number(amount.amount));
  const longest = Math.max(...quotes.map((quote) => sum(drawn(quote), length)));
  return (cost) => length(cost) / longest;
}

export function bar(quote, measure) {
  const parts = drawn(quote).map((cost) => {
    const part = h("span", { class: look(cost) });
    part.style.width = `${measure(cost) * 100}%`;
    return part;
  });
  return h("div", { class: "bar", "aria-hidden": "true" }, ...parts);
}

/** The lines that have a part of the bar; nothing is nothing to see. */
function drawn({ costs }) {
  return costs.filter(({ amount, certainty }) => (amount === null ? certainty === "UNKNOWN" : Number(amount.amount)));
}

function sum(all, length) {
  return all.reduce((whole, each) => whole + length(each), 0);
}

/** Each line with its colour, amount, and how sure it is unless the supplier itself says so. */
export function legend(quote) {
  const entries = quote.costs.map((cost) =>
    h(
      "li",
      {},
      ...called(cost),
      " ",
      cost.amount === null ? null : h("span", { class: "amount" }, money(cost.amount)),
      cost.certainty === "KNOWN" ? null : h("em", {}, ` ${plain(CERTAINTIES, cost.certainty)}`),
    ),
  );
  return h("ul", { class: "legend" }, ...entries);
}

/** The lines with everything that is known about them. */
export function costTable(quote) {
  const rows = quote.costs.map((cost) => ({
    cells: [
      [...called(cost), nameOf(cost) === purpose(cost) ? null : note(purpose(cost))],
      [h("span", { class: "amount" }, cost.amount === null ? "–" : money(cost.amount))],
      [plain(CERTAINTIES, cost.certainty), note(cost.note), note(original(cost)), rule(cost)],
    ],
  }));
  const day = dayOfRates([quote]);
  const total = {
    look: "total",
    cells: [
      ["In all"],
      [h("span", { class: "amount" }, landed(quote)), note(`${money(quote.landedCostPerUnit)} a piece`)],
      [quote.complete ? null : "some not known", day === null ? null : note(`Converted by rates of ${date(day)}.`)],
    ],
  };
  return table("Cost lines", ["What", "Amount", "How sure"], [...rows, total]);
}

function called(cost) {
  return [h("span", { class: `swatch ${look(cost)}`, "aria-hidden": "true" }), nameOf(cost)];
}

function note(text) {
  return text === null ? null : h("p", { class: "note" }, text);
}

function original({ amount, original: first }) {
  return first && first.currencyCode !== amount?.currencyCode ? `Before conversion: ${money(first)}.` : null;
}

function rule({ source, ...cost }) {
  const address = webAddress(source);
  const words = ["Where it is written", h("span", { class: "hidden" }, `: ${nameOf(cost)}`)];
  return address === null ? null : h("p", {}, h("a", { href: address, rel: "noreferrer" }, ...words));
}

function look({ kind, certainty }) {
  return `kind-${kind.toLowerCase()} ${certainty.toLowerCase()}`;
}
