// The table of offers: one row each, which a phone shows as a card.

import { bar, landed, legend, measureOf } from "./costs.js";
import { h, picture, present } from "./elements.js";
import { BADGES, SOURCES, ago, count, date, dates, days } from "./words.js";
import { money, moment, older, percent, pieces, plain } from "./words.js";

const COLUMNS = {
  rank: "Rank",
  offer: "Offer",
  cost: "Cost at the door",
  delivery: "Delivery",
  order: "Stock and age",
};

/**
 * The table.
 *
 * `ranked` is false while suppliers are still waited for: ranks and badges compare with all of them, so they are
 * left out till then. `details(offer)` opens one; `instead(quantity)` is the address of the same comparison at
 * another quantity. Roles are spelled out because browsers drop a table's own when a phone's style lays rows out
 * as cards.
 */
export function offersTable(offers, { ranked, caption, details, instead }) {
  const measure = measureOf(present(offers.map(({ quote }) => quote)));
  const head = Object.entries(COLUMNS).map(([name, text]) =>
    h("th", { scope: "col", role: "columnheader", class: name }, text),
  );
  const rows = offers.map((offer) =>
    h(
      "tr",
      { role: "row" },
      cell("rank", ranked && offer.quote ? rank(offer) : unranked()),
      h("th", { scope: "row", role: "rowheader", class: "offer" }, what(offer, { ranked, details })),
      cell("cost", offer.quote ? cost(offer, measure) : noCost(offer, instead)),
      cell("delivery", delivery(offer.quote)),
      cell("order", stock(offer)),
    ),
  );
  return h(
    "table",
    { class: "offers", role: "table" },
    h("caption", {}, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
    h("tbody", { role: "rowgroup" }, ...rows),
  );
}

/** Names an offer for as long as a comparison lasts, so that focus finds its row again. */
export function keyOf(offer) {
  return `${offer.product.id} ${offer.variant.id}`;
}

/** The supplier's name, and that its answers are not real when they are not. */
export function supplierName({ name, mode }) {
  return h("span", { class: "supplier" }, name, mode === "LIVE" ? null : " ", mode === "LIVE" ? null : tag(mode));
}

function tag(mode) {
  return h("span", { class: "tag unreal" }, mode);
}

function cell(name, children) {
  return h("td", { role: "cell", class: name, "data-label": COLUMNS[name] }, ...children);
}

function rank({ rank: place }) {
  return [h("span", { class: "place" }, count(place))];
}

function unranked() {
  return [h("span", { "aria-hidden": "true" }, "–"), h("span", { class: "hidden" }, "not ranked")];
}

function what(offer, { ranked, details }) {
  const { product, variant, quote, reasons } = offer;
  const own = ownName(offer);
  // Without a price the reasons are what its cost says already.
  const said = ranked && quote ? reasons : [];
  return h(
    "div",
    { class: "pictured" },
    picture(variant.imageUrl ?? product.imageUrl, 72),
    h(
      "div",
      {},
      h("h3", {}, product.title),
      h("p", { class: "from" }, supplierName(product.supplier), own ? h("span", { class: "variant" }, own) : null),
      ranked ? badges(offer) : null,
      said.length ? h("ul", { class: "reasons" }, ...said.map((reason) => h("li", {}, reason))) : null,
      alike(offer),
      h(
        "button",
        {
          type: "button",
          class: "details",
          "aria-haspopup": "dialog",
          "data-key": keyOf(offer),
          click: () => details(offer),
        },
        "Costs and variants",
        h("span", { class: "hidden" }, ` of ${product.title}`),
      ),
    ),
  );
}

/** What the variant's name adds to the product's; empty when that is nothing. */
function ownName({ product, variant }) {
  const repeats = variant.title.startsWith(product.title);
  return repeats ? variant.title.slice(product.title.length).trim() : variant.title;
}

function badges(offer) {
  if (!offer.badges.length) {
    return null;
  }
  const marks = offer.badges.map((badge) => h("li", { class: "tag good" }, plain(BADGES, badge)));
  return h("ul", { class: "badges", "aria-label": "Badges" }, ...marks);
}

function alike({ matchScore, matchedProduct, matchedWords }) {
  if (matchScore === null || !matchedProduct) {
    return null;
  }
  const words = matchedWords.length ? ` (both say ${matchedWords.join(", ")})` : "";
  const other = `“${matchedProduct.title}” of ${matchedProduct.supplier.name}`;
  return h("p", { class: "alike" }, `${percent(matchScore)} alike to ${other}${words}`);
}

function cost({ quote }, measure) {
  return [
    h("p", { class: "price" }, h("strong", {}, landed(quote)), ` ${money(quote.landedCostPerUnit)} a piece`),
    bar(quote, measure),
    legend(quote),
  ];
}

function noCost(offer, instead) {
  const { unitPrice, problems, minimumOrderQuantity: minimum } = offer;
  const why = problems.length ? problems : [{ message: "The supplier gave no price for sending it." }];
  return [
    h("p", { class: "price" }, h("strong", {}, "No price to the door")),
    ...why.map(({ message }) => h("p", { class: "remark" }, message)),
    unitPrice ? h("p", {}, `The goods alone cost ${money(unitPrice)} a piece.`) : null,
    offer.meetsMinimumOrder
      ? null
      : h(
          "p",
          {},
          h("a", { href: instead(minimum) }, `Compare ${pieces(minimum)} instead`),
        ),
  ].filter(Boolean);
}

function delivery(quote) {
  if (!quote) {
    return ["–"];
  }
  return [
    quote.delivery ? h("p", {}, h("strong", {}, days(quote.delivery))) : h("p", {}, "Time not known"),
    quote.delivery && quote.processing ? h("p", {}, `${dates(quote.delivery)} if ordered today`) : null,
    quote.delivery && !quote.processing ? h("p", {}, "on the way, plus days of making ready (not known)") : null,
    h("p", { class: "method" }, `${quote.shippingMethod}, from ${quote.shipFrom}`),
  ].filter(Boolean);
}

function stock(offer) {
  const { minimumOrderQuantity: minimum, meetsMinimumOrder, availableQuantity: available } = offer;
  return [
    h("p", {}, available === null ? "Stock not known" : `${count(available)} in stock`),
    h(
      "p",
      { class: meetsMinimumOrder ? null : "short" },
      minimum === 1 ? "No minimum order" : `Minimum order ${pieces(minimum)}`,
    ),
    age(older(offer.product.provenance, offer.quote?.provenance)),
  ];
}

/** How old facts are, with a mark when they are older than they should be or never were true. */
export function age({ asOf, source }, what = "Data") {
  const invented = source === "SAMPLE";
  const time = h("time", { datetime: asOf, title: moment(asOf) }, invented ? date(asOf) : ago(asOf));
  const mark = SOURCES[source] ? h("span", { class: "tag unreal", title: SOURCES[source] }, source) : null;
  return h("p", { class: "age" }, invented ? "Invented on " : `${what} read `, time, mark ? " " : null, mark);
}
