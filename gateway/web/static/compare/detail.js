// The dialog about one offer: its quote line by line, and the product's variants, which are asked for now.

import { costTable } from "./costs.js";
import { h, picture, webAddress } from "./elements.js";
import { age, keyOf, supplierName } from "./offers.js";
import { ask } from "./graphql.js";
import { VARIANTS } from "./queries.js";
import { table } from "./table.js";
import { otherWays } from "./ways.js";
import { ago, count, country, date, days, daysToDoor, money, moment, pieces, wait } from "./words.js";

/** Opens the dialog; closing it by any way brings focus back to the offer's button. */
export function openDetail(dialog, offer) {
  const control = new AbortController();
  const variants = h("div", { "aria-live": "polite" }, h("p", {}, "Reading the variants …"));
  dialog.replaceChildren(...content(offer, variants, () => dialog.close()));
  dialog.addEventListener(
    "close",
    () => {
      control.abort();
      // The table may have been drawn anew meanwhile.
      document.querySelector(`[data-key="${CSS.escape(keyOf(offer))}"]`)?.focus();
    },
    { once: true },
  );
  dialog.showModal();
  dialog.scrollTop = 0;
  return fill(variants, offer, control.signal);
}

function content(offer, variants, close) {
  const { product, variant, quote } = offer;
  const page = webAddress(product.url);
  return [
    h("button", { type: "button", class: "close", "aria-label": "Close", click: close }, "×"),
    h(
      "header",
      {},
      picture(variant.imageUrl ?? product.imageUrl, 96),
      h(
        "div",
        {},
        h("h2", { id: "detail-title" }, product.title),
        h("p", {}, supplierName(product.supplier)),
        h("p", {}, `Offered variant: ${variant.title}`),
        page ? h("p", {}, h("a", { href: page, rel: "noreferrer" }, "Page at the supplier")) : null,
        age(product.provenance),
      ),
    ),
    quote ? priced(quote) : null,
    quote ? section("Other ways to send it", otherWays(offer)) : section("Why there is no price", said(offer)),
    section("All variants", [variants]),
  ].filter(Boolean);
}

function section(title, content) {
  return content.length ? h("section", {}, h("h3", {}, title), ...content) : null;
}

function said({ problems }) {
  return messages(problems.map(({ message }) => message));
}

function priced(quote) {
  const to = [country(quote.shipTo.country), quote.shipTo.postalCode].filter(Boolean).join(" ");
  const facts = [
    ...quote.lines.map((line) => ["Goods", goods(line)]),
    ["Sent by", quote.shippingMethod],
    ["Way", `${country(quote.shipFrom)} to ${to}`],
    ["Made ready in", quote.processing ? days(quote.processing) : "not known"],
    ["On the way", quote.transit ? days(quote.transit) : "not known"],
    ["At the door in", daysToDoor(quote)],
    ["Price holds", holds(quote.expiresAt)],
    ...quote.exchangeRates.map(({ from, to: into, rate, asOf, source }) => [
      "Exchange rate",
      `1 ${from} = ${rate} ${into} on ${date(asOf)} (${source})`,
    ]),
  ];
  return section("Cost at the door", [
    costTable(quote),
    h("dl", {}, ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    ...messages(quote.notes),
    age(quote.provenance, "Price of sending"),
    h(
      "details",
      {},
      h("summary", {}, "Quote id, to order from"),
      h("code", {}, quote.id),
    ),
  ]);
}

function goods({ variant, quantity, unitPrice, total }) {
  const price = unitPrice && total ? ` at ${money(unitPrice)} a piece: ${money(total)}` : "";
  return `${pieces(quantity)} of ${variant.title}${price}`;
}

function holds(expiresAt) {
  const left = Date.parse(expiresAt) - Date.now();
  return left > 0 ? `until ${moment(expiresAt)} (${wait(left)} more)` : `no longer: it ended ${ago(expiresAt)}`;
}

function messages(all) {
  return all.length ? [h("ul", {}, ...all.map((each) => h("li", {}, each)))] : [];
}

async function fill(place, offer, signal) {
  try {
    for await (const { data, errors } of ask(VARIANTS, { id: offer.product.id }, signal)) {
      const variants = data?.product?.variants;
      place.replaceChildren(
        variants?.nodes.length
          ? variantsTable(variants, offer.variant.id)
          : h("p", {}, errors[0]?.message ?? "The supplier names no variants of it."),
      );
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      place.replaceChildren(h("p", {}, `${error.message} Close this and open it again to try once more.`));
    }
  }
}

function variantsTable({ nodes, totalCount }, offered) {
  const rows = nodes.map((variant) => ({
    look: variant.id === offered ? "offered" : null,
    cells: [
      [
        variant.title,
        variant.id === offered ? " " : null,
        variant.id === offered ? h("span", { class: "tag good" }, "this offer") : null,
        h("p", {}, variant.options.map(({ name, value }) => `${name}: ${value}`).join(", ")),
        variant.sku ? h("p", {}, `SKU ${variant.sku}`) : null,
      ],
      prices(variant),
      stocks(variant.inventory),
    ],
  }));
  const more = totalCount > nodes.length ? h("p", {}, `The first ${nodes.length} of ${count(totalCount)}.`) : null;
  return h("div", {}, table("Variants", ["Variant", "Price of one piece", "Stock"], rows), more);
}

function prices({ price, priceTiers }) {
  if (priceTiers.length <= 1) {
    const only = priceTiers[0]?.unitPrice ?? price;
    return [only ? money(only) : "not known"];
  }
  return priceTiers.map(({ minimumQuantity: from, maximumQuantity: to, unitPrice }) =>
    h("div", {}, `${to === null ? `from ${count(from)}` : `${count(from)}–${count(to)}`}: ${money(unitPrice)}`),
  );
}

function stocks(inventory) {
  if (!inventory) {
    return ["not known"];
  }
  const places = inventory.map(({ countryCode, quantity }) => `${count(quantity)} in ${countryCode}`);
  return [places.join(", ") || "none"];
}
