// What stands above the offers: in which order they are, and what to know of all their amounts.

import { dayOfRates } from "./costs.js";
import { present } from "./elements.js";
import { ago, date } from "./words.js";

const ORDERS = { COST: "cheapest first", SPEED: "fastest first", BALANCED: "best balance of cost and time first" };

/** In sentences. `ranked` is false while only some suppliers have answered. */
export function caption(offers, priority, { ranked, done }) {
  const quotes = present(offers.map(({ quote }) => quote));
  const day = dayOfRates(quotes);
  return present([
    ranked ? order(offers, quotes, priority) : unranked(done),
    quotes.length ? "Amounts without a remark are the supplier's own figures." : null,
    day === null ? null : `Converted by reference rates of ${date(day)}, ${ago(day)}.`,
  ]).join(" ");
}

function order(offers, quotes, priority) {
  if (!quotes.length) {
    return "Not ranked: none of them has a price to the door.";
  }
  const whole = quotes.filter(({ complete }) => complete).length;
  const words = [
    `Ranked: ${ORDERS[priority]}`,
    whole && whole < quotes.length ? "those whose whole cost is known before the others" : null,
    quotes.length < offers.length ? "those without a price to the door not at all" : null,
  ];
  return `${present(words).join("; ")}.`;
}

function unranked(done) {
  return done ? "Not ranked." : "Not ranked yet: other suppliers are still being waited for.";
}
