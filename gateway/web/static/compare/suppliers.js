// How each supplier is doing: a line for each in the list that the page came with.

import { h } from "./elements.js";
import { offers, wait } from "./words.js";

const TROUBLE = {
  RATE_LIMITED: "Too busy right now",
  QUOTA_EXHAUSTED: "Today's quota is used up",
  TIMEOUT: "Did not answer in time",
  UNAVAILABLE: "Cannot be reached",
  UNSUPPORTED: "Cannot do this",
  ERROR: "Gave no usable answer",
};
const REMARKS = { STALE: "older answers", PARTIAL: "some is missing" };

/** The lines below `list`; `again` is called when somebody wants to try once more. */
export class SupplierLines {
  #list;
  #again;
  #timers = [];

  constructor(list, again) {
    this.#list = list;
    this.#again = again;
  }

  /** What people call a supplier. */
  nameOf(code) {
    return this.#list.querySelector(`[data-code="${CSS.escape(code)}"] strong`)?.textContent ?? code;
  }

  /** All of them are being asked. */
  searching() {
    this.#stopCounting();
    for (const line of this.#list.querySelectorAll("[data-code]")) {
      this.#write(line.dataset.code, "busy", "searching …");
    }
  }

  /** Nothing is asked any more, for nobody can be. */
  clear() {
    this.#stopCounting();
    for (const line of this.#list.querySelectorAll("[data-code]")) {
      this.#write(line.dataset.code, "");
    }
  }

  /** What a supplier answered; says it in a few words, for those who listen. */
  show({ supplier, outcome, offers: found }) {
    const { status, message, retryAfterMs } = outcome;
    const number = found.length ? offers(found.length) : "nothing found";
    if (status === "OK") {
      this.#write(supplier.code, found.length ? "well" : "", number);
      return `${supplier.name}: ${number}.`;
    }
    const words = TROUBLE[status] ?? `${number}, ${REMARKS[status] ?? status.toLowerCase()}`;
    const parts = [
      h("span", {}, words),
      h("code", {}, status),
      message ? h("span", { class: "message" }, message) : null,
      ...this.#retry(supplier, retryAfterMs, status),
    ];
    this.#write(supplier.code, TROUBLE[status] ? "trouble" : "partly", ...parts.filter(Boolean));
    return `${supplier.name}: ${words}.`;
  }

  /** A supplier of which nothing came. */
  silent({ supplier }, message) {
    this.#write(supplier.code, "trouble", h("span", {}, message), ...this.#retry(supplier, null, "ERROR"));
  }

  #retry(supplier, retryAfterMs, status) {
    if (status === "UNSUPPORTED" || (status === "STALE" && retryAfterMs === null)) {
      return [];
    }
    const button = h(
      "button",
      { type: "button", click: () => this.#again() },
      "Try again",
      h("span", { class: "hidden" }, ` to ask ${supplier.name}`),
    );
    return retryAfterMs === null ? [button] : [this.#countdown(retryAfterMs), button];
  }

  #countdown(milliseconds) {
    const until = Date.now() + milliseconds;
    const text = h("span", { class: "countdown" });
    const tick = () => {
      const left = until - Date.now();
      text.textContent = left > 0 ? `You can try again in ${wait(left)}.` : "You can try again now.";
      if (left <= 0) {
        clearInterval(timer);
      }
    };
    const timer = setInterval(tick, 1000);
    this.#timers.push(timer);
    tick();
    return text;
  }

  #write(code, look, ...content) {
    const status = this.#list.querySelector(`[data-code="${CSS.escape(code)}"] .status`);
    if (status) {
      status.className = `status ${look}`;
      // Blanks between them, for those who hear or copy it.
      status.replaceChildren(...content.flatMap((part) => [part, " "]));
    }
  }

  #stopCounting() {
    this.#timers.splice(0).forEach(clearInterval);
  }
}
