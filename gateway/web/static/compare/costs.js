// A quote's costs: a stacked bar to see them, and the same in text to read them.

import { h, present } from "./elements.js";
import { CERTAINTIES, KINDS, money, plain } from "./words.js";

// What is not known has no length; it gets this share of the longest bar, so that it is seen.
const UNKNOWN_SHARE = 0.08;

/** A number to measure a bar with; what is shown is always the text. */
export function length(amount) {
  return Number(amount.amount);
}

/** The whole price, "at least" while some of it is not known. */
export function landed(quote) {
  return quote.complete ? money(quote.landedCost) : `at least ${money(quote.landedCost)}`;
}

/** The bar; `longest` is the dearest offer's length, so that bars can be compared with each other. */
export function bar(quote, longest) {
  const lines = quote.costs.filter(({ certainty }) => certainty !== "INCLUDED");
  const parts = lines.map((cost) => {
    const part = h("span", { class: look(cost) });
    const share = cost.amount === null ? UNKNOWN_SHARE : length(cost.amount) / (longest || 1);
    part.style.width = `${share * 100 * (1 - UNKNOWN_SHARE)}%`;
    return part;
  });
  return h("div", { class: "bar", "aria-hidden": "true" }, ...parts);
}

/** Each line with its colour, amount, and how sure it is unless the supplier itself says so. */
export function legend(quote) {
  const entries = quote.costs.map((cost) =>
    h(
      "li",
      {},
      h("span", { class: `swatch ${look(cost)}`, "aria-hidden": "true" }),
      `${plain(KINDS, cost.kind)} `,
      cost.amount === null ? null : h("span", { class: "amount" }, money(cost.amount)),
      cost.certainty === "KNOWN" ? null : h("em", {}, ` ${plain(CERTAINTIES, cost.certainty)}`),
    ),
  );
  return h("ul", { class: "legend" }, ...entries);
}

/** The lines with everything that is known about them. */
export function table(quote) {
  const head = ["What", "Amount", "How sure"].map((text) => h("th", { scope: "col" }, text));
  const rows = quote.costs.map((cost) =>
    h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h("span", { class: `swatch ${look(cost)}`, "aria-hidden": "true" }),
        plain(KINDS, cost.kind),
        ...present([cost.note, original(cost)]).map((note) => h("p", { class: "note" }, note)),
      ),
      h("td", { class: "amount" }, cost.amount === null ? "–" : money(cost.amount)),
      h("td", {}, plain(CERTAINTIES, cost.certainty)),
    ),
  );
  const total = h(
    "tr",
    { class: "total" },
    h("th", { scope: "row" }, "In all", h("p", { class: "note" }, `${money(quote.landedCostPerUnit)} a piece`)),
    h("td", { class: "amount" }, landed(quote)),
    h("td", {}, quote.complete ? "" : "some not known"),
  );
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows, total));
}

function original({ amount, original: first }) {
  return first && first.currencyCode !== amount?.currencyCode ? `Before conversion: ${money(first)}.` : null;
}

function look({ kind, certainty }) {
  return `kind-${kind.toLowerCase()} ${certainty.toLowerCase()}`;
}
