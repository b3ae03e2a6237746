// A table of the dialog: columns where there is room; on a phone a line or two for each row, and nothing cut.

import { h } from "./elements.js";

/**
 * The table, in a frame that keys can scroll should a word be too long for it.
 *
 * Each row is `{ cells, look }`: the children of each cell, in the order of `columns`; the first cell is the row's
 * name. Roles are spelled out because browsers drop a table's own when a style lays its rows out.
 */
export function table(label, columns, rows) {
  const head = columns.map((text) => h("th", { scope: "col", role: "columnheader" }, text));
  const body = rows.map(({ cells: [name, ...values], look = null }) =>
    h(
      "tr",
      { role: "row", class: look },
      h("th", { scope: "row", role: "rowheader" }, ...name),
      ...values.map((value, place) => h("td", { role: "cell", "data-label": columns[place + 1] }, ...value)),
    ),
  );
  return h(
    "div",
    { class: "scrolling", role: "region", "aria-label": label, tabindex: "0" },
    h(
      "table",
      { role: "table" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
      h("tbody", { role: "rowgroup" }, ...body),
    ),
  );
}
