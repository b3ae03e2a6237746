// The key of a gateway that answers only to keys: asked for when it is needed, kept for this tab alone.

import { h } from "./elements.js";

const NAME = "sourcescout-key";

/** Headers to send with a question; none without a key. */
export function keyHeaders() {
  const key = window.sessionStorage.getItem(NAME);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/** Whether an answer says that a key is missing, unknown, or not good for this. */
export function wantsKey(errors) {
  return errors.some(({ extensions }) => ["UNAUTHENTICATED", "FORBIDDEN"].includes(extensions?.code));
}

/** A small form that takes a key and then calls `again`. */
export function keyForm(message, again) {
  const field = h("input", {
    id: "key",
    name: "key",
    type: "password",
    required: true,
    autocomplete: "off",
    spellcheck: "false",
  });
  const form = h(
    "form",
    { class: "key" },
    h("p", { class: "failure" }, message),
    h("label", { for: "key" }, "Key"),
    field,
    h("button", { type: "submit" }, "Use this key"),
    h("p", { class: "hint" }, "It is kept in this tab until you close it, and sent to this gateway only."),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = field.value.trim();
    if (key) {
      window.sessionStorage.setItem(NAME, key);
      again();
    }
  });
  return form;
}
