// The comparison page: what the form says goes into the address, is asked, and is shown as it comes.

import { caption } from "./compare/caption.js";
import { openDetail } from "./compare/detail.js";
import { h } from "./compare/elements.js";
import { Unreachable, ask } from "./compare/graphql.js";
import { keyForm, wantsKey } from "./compare/key.js";
import { offersTable } from "./compare/offers.js";
import { PriceTag } from "./compare/price.js";
import { COMPARE } from "./compare/queries.js";
import { excuse, isRefusal, refuse } from "./compare/refusal.js";
import { SupplierLines } from "./compare/suppliers.js";
import { chosen, fill, inputOf, instead } from "./compare/wish.js";
import { count, country, offers as offersInWords, pieces } from "./compare/words.js";

const form = document.getElementById("wish");
const refusal = document.getElementById("refusal");
const results = document.getElementById("results");
const heading = document.getElementById("results-title");
const body = document.getElementById("results-body");
const log = document.getElementById("log");
const dialog = document.getElementById("detail");
const lines = new SupplierLines(document.getElementById("suppliers"), again);
const tag = new PriceTag(document.getElementById("price"), (code) => lines.nameOf(code));

/** What was asked last, as the query of an address; the form may say something else by now. */
let latest = new URLSearchParams();
let running = new AbortController();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wish = chosen(form);
  if (`?${wish}` !== window.location.search) {
    window.history.pushState(null, "", `?${wish}`);
  }
  run(wish);
  // On a phone the form fills the screen, and something should be seen to happen.
  if (heading.getBoundingClientRect().bottom > window.innerHeight) {
    document.getElementById("suppliers-title").scrollIntoView();
  }
});
form.addEventListener("input", price);
window.addEventListener("popstate", begin);
// A click beside the dialog closes it, as people expect.
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
begin();

/** An address with words in it is a comparison that somebody shared or reloads; without, it is only an example. */
function begin() {
  const given = new URLSearchParams(window.location.search);
  fill(form, given);
  if (!given.has("q")) {
    running.abort();
    lines.clear();
    excuse(form, refusal);
    results.hidden = true;
    price();
  } else if (form.reportValidity()) {
    run(chosen(form));
  }
}

/** Says what the form's question would cost, as soon as it is one. */
function price() {
  tag.stop();
  if (form.checkValidity()) {
    tag.show(inputOf(chosen(form)));
  }
}

function again() {
  return run(latest);
}

async function run(wish) {
  running.abort();
  running = new AbortController();
  latest = wish;
  const { signal } = running;
  const asked = inputOf(wish);
  const answered = new Set();
  tag.stop();
  start(asked);
  try {
    for await (const answer of ask(COMPARE, { input: asked }, signal)) {
      if (signal.aborted) {
        return;
      }
      show(answer, asked, answered);
    }
    price();
  } catch (error) {
    if (error instanceof Unreachable) {
      fail(`${error.message} Check that the gateway runs, then try again.`);
    } else if (error.name !== "AbortError") {
      throw error;
    }
  }
  if (!signal.aborted) {
    results.setAttribute("aria-busy", "false");
  }
}

function start(asked) {
  excuse(form, refusal);
  results.hidden = false;
  results.setAttribute("aria-busy", "true");
  heading.textContent = `Comparing ${pieces(asked.quantity)} of “${asked.query}” …`;
  document.title = `${asked.query}: compare suppliers`;
  body.replaceChildren(h("p", { class: "waiting" }, "Each supplier's offers appear here as soon as it answers."));
  lines.searching();
  say("Asking the suppliers.");
}

function show({ data, errors, done }, asked, answered) {
  const comparison = data?.compare;
  if (!comparison) {
    giveUp(errors);
    return;
  }
  for (const part of comparison.suppliers) {
    if (part.outcome && !answered.has(part.supplier.code)) {
      answered.add(part.supplier.code);
      say(lines.show(part));
    }
  }
  if (comparison.offers) {
    draw(comparison.offers, asked, { ranked: true, done });
  } else if (answered.size) {
    const arrived = comparison.suppliers.flatMap((part) => part.offers ?? []);
    draw(arrived.sort((one, other) => one.rank - other.rank), asked, { ranked: false, done });
  }
  if (done) {
    finish(comparison, errors, answered);
  }
}

function draw(offers, asked, { ranked, done }) {
  const key = document.activeElement?.dataset.key;
  const place = country(asked.shipTo.country);
  const number = `${offersInWords(offers.length)}${done ? "" : " so far"}`;
  heading.textContent = `${number} for ${pieces(asked.quantity)} of “${asked.query}” to ${place}`;
  body.replaceChildren(
    offers.length
      ? offersTable(offers, {
          ranked,
          caption: caption(offers, asked.priority, { ranked, done }),
          details: (offer) => openDetail(dialog, offer),
          instead: (quantity) => instead(latest, "quantity", quantity),
        })
      : nothing(done),
  );
  // The row with the focus was drawn anew.
  if (key) {
    [...body.querySelectorAll("[data-key]")].find((button) => button.dataset.key === key)?.focus();
  }
}

function nothing(done) {
  return done
    ? h(
        "p",
        { class: "waiting" },
        "No supplier has an offer for this. Try fewer or more common words, such as ",
        h("a", { href: instead(latest, "q", "watch") }, "watch"),
        " or ",
        h("a", { href: instead(latest, "q", "backpack") }, "backpack"),
        ", and see above what each supplier says.",
      )
    : h("p", { class: "waiting" }, "Nothing yet: other suppliers are still being waited for.");
}

function finish({ suppliers, offers }, errors, answered) {
  for (const part of suppliers.filter(({ supplier }) => !answered.has(supplier.code))) {
    lines.silent(part, errors[0]?.message ?? "Nothing came.");
  }
  if (offers) {
    const ranked = offers.filter(({ quote }) => quote).length;
    say(`${offersInWords(offers.length)} in all, ${count(ranked)} of them ranked.`);
  }
  const messages = [...new Set(errors.map(({ message }) => message))];
  if (messages.length) {
    body.append(
      h("h3", {}, "What could not be read"),
      h("ul", { class: "faults" }, ...messages.map((message) => h("li", {}, message))),
    );
  }
}

/** Nothing at all came: what the form says makes no sense, or something broke. */
function giveUp(errors) {
  if (wantsKey(errors)) {
    admit(errors[0].message);
  } else if (isRefusal(errors)) {
    lines.clear();
    results.hidden = true;
    refuse(form, refusal, errors);
  } else {
    fail(errors.map(({ message }) => message).join(" ") || "The gateway gave no answer.");
  }
}

/** The gateway answers only to keys. */
function admit(message) {
  lines.clear();
  heading.textContent = "This gateway asks for a key";
  body.replaceChildren(keyForm(message, again));
  body.querySelector("input").focus();
  say(message);
}

function fail(message) {
  lines.clear();
  heading.textContent = "That did not work";
  const words = h("p", { class: "failure" }, message);
  const button = h("button", { type: "button", click: again }, "Try again");
  // What came before it broke stays.
  body.replaceChildren(words, button, ...body.querySelectorAll(".offers"));
  say(message);
}

function say(text) {
  log.append(h("p", {}, text));
  // Only what is new is read out, so old lines can go.
  while (log.children.length > 4) {
    log.firstChild.remove();
  }
}
