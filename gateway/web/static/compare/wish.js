// What somebody wants compared: as the form has it, as an address keeps it, and as the gateway is asked.

/** Puts into the form what an address says; what that leaves out is as it was at first. */
export function fill(form, wish) {
  form.reset();
  for (const [name, value] of wish) {
    choose(form.elements.namedItem(name), value);
  }
}

/** What the form says, as the query of an address; what is left empty is left out. */
export function chosen(form) {
  const entries = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return new URLSearchParams(entries.filter(([, value]) => value));
}

/** The address of a wish with one thing changed. */
export function instead(wish, name, value) {
  const other = new URLSearchParams(wish);
  other.set(name, value);
  return `?${other}`;
}

/** The wish as `compare` takes it. */
export function inputOf(wish) {
  return {
    query: wish.get("q"),
    quantity: Number(wish.get("quantity")),
    shipTo: { country: wish.get("to"), postalCode: wish.get("postal") },
    currency: wish.get("currency"),
    priority: wish.get("priority"),
  };
}

function choose(field, value) {
  if (!field) {
    return;
  }
  field.value = value;
  // What is no choice here is asked all the same: the gateway knows best, and says why not.
  if (field instanceof HTMLSelectElement && field.value !== value) {
    field.add(new Option(value, value, false, true));
  }
}
