// The price tag: what the form's question would cost each supplier now. Asking for the price costs them nothing.

import { Unreachable, ask } from "./graphql.js";
import { COMPARE } from "./queries.js";
import { count, list, wait } from "./words.js";

// Milliseconds after the last change: what somebody types is not asked about letter by letter.
const PAUSE = 600;

/** Writes the price into `place`, which came with words that are true of every question. */
export class PriceTag {
  #place;
  #usual;
  #nameOf;
  #running = new AbortController();

  /** `nameOf(code)` is what people call a supplier. */
  constructor(place, nameOf) {
    this.#place = place;
    this.#usual = place.textContent;
    this.#nameOf = nameOf;
  }

  /** Forgets what is under way, so that the gateway has time for the question itself. */
  stop() {
    this.#running.abort();
    this.#place.textContent = this.#usual;
  }

  /** Asks in a moment, unless another wish or `stop` comes first. */
  show(input) {
    this.stop();
    const { signal } = (this.#running = new AbortController());
    const timer = setTimeout(() => this.#ask(input, signal), PAUSE);
    signal.addEventListener("abort", () => clearTimeout(timer));
  }

  async #ask(input, signal) {
    try {
      for await (const { errors, extensions } of ask(COMPARE, { input }, signal, { dryRun: true })) {
        // What makes no sense is told when it is really asked.
        if (!errors.length && extensions.dryRun && !signal.aborted) {
          this.#place.textContent = this.#words(extensions.dryRun);
        }
      }
    } catch (error) {
      if (!(error instanceof Unreachable) && error.name !== "AbortError") {
        throw error;
      }
    }
  }

  #words(prices) {
    const dear = Object.entries(prices).filter(([, { calls }]) => calls);
    if (!dear.length) {
      return "Costs nothing now: all that has to be known was asked a short time ago, or needs no asking.";
    }
    const costs = dear.map(([code, price]) => `${this.#nameOf(code)} ${inWords(price)}.`);
    const remarks = dear.flatMap(([, { message }]) => message ?? []);
    return ["Would cost", ...costs, ...remarks, "Asked again within a few minutes it costs nothing."].join(" ");
  }
}

function inWords({ calls, points, seconds, complete }) {
  const parts = [many(calls, "call"), many(points, "point"), seconds ? wait(seconds * 1000) : null];
  return `${complete ? "about" : "at least"} ${list(parts.filter(Boolean))}`;
}

function many(number, word) {
  return number ? `${count(number)} ${word}${number === 1 ? "" : "s"}` : null;
}
