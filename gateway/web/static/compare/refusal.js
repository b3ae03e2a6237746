// What makes no sense in the form is said at the form, at the field that it is about.

import { h } from "./elements.js";

// Where a refusal says that something makes no sense, and the field of the form that said it.
const PLACE = /^(?:input|Variable '\$input' has invalid value at )\.?([\w.]*): /;
const FIELDS = {
  query: "q",
  quantity: "quantity",
  "shipTo.country": "to",
  "shipTo.postalCode": "postal",
  currency: "currency",
};

export function isRefusal(errors) {
  return errors.some(({ extensions }) => extensions?.code === "BAD_USER_INPUT");
}

/** Says what is wrong in `place`, and marks the fields. */
export function refuse(form, place, errors) {
  place.replaceChildren(...errors.map(({ message }) => h("p", {}, blame(form, message))));
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}

/** Marks the field that a message is about; the message, with the field's label in place of the API's name. */
function blame(form, message) {
  const [start, path] = PLACE.exec(message) ?? ["", ""];
  const field = form.elements.namedItem(FIELDS[path] ?? "");
  field?.setAttribute("aria-invalid", "true");
  const label = field ? `${field.labels[0].firstChild.textContent.trim()}: ` : "";
  return label + message.slice(start.length);
}

/** Nothing is held against the form. */
export function excuse(form, place) {
  place.hidden = true;
  place.replaceChildren();
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}
