// The other ways to send an offer: what each costs and when it is there, and which were left out and why.

import { landed, nameOf } from "./costs.js";
import { h, present } from "./elements.js";
import { table } from "./table.js";
import { CERTAINTIES, country, daysToDoor, list, money } from "./words.js";

const COLUMNS = ["Sent by", "Cost at the door", "At the door in", "How sure"];

/** What there is to say, as elements; none when the offer's own way is the only one anybody spoke of. */
export function otherWays({ quote, alternatives, problems }) {
  const rows = alternatives.map((way) => ({
    cells: [
      [way.shippingMethod, way.shipFrom === quote.shipFrom ? null : `, from ${country(way.shipFrom)}`],
      [h("span", { class: "amount" }, landed(way)), h("p", { class: "note" }, `${money(way.landedCostPerUnit)} a piece`)],
      [daysToDoor(way)],
      [doubts(way).join("; ") || "all known"],
    ],
  }));
  return present([
    rows.length ? table("Other ways to send it", COLUMNS, rows) : null,
    problems.length ? h("p", { class: "left-out" }, "Left out:") : null,
    problems.length ? h("ul", {}, ...problems.map(({ message }) => h("li", {}, message))) : null,
  ]);
}

/** Which of its costs are not sure: what is missing first. */
function doubts({ costs }) {
  return ["UNKNOWN", "ESTIMATED"].flatMap((certainty) => {
    const names = costs.filter((cost) => cost.certainty === certainty).map(nameOf);
    return names.length ? [`${CERTAINTIES[certainty]}: ${list(names)}`] : [];
  });
}
