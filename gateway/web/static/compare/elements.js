// Makes elements. Whatever suppliers wrote becomes text here, never markup; addresses must be http or https.

/**
 * An element. Attributes that are functions listen to the event they are named after; null and false are left
 * out, among the children too. Children are elements or text.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...present(children));
  return element;
}

/** Without what is null, undefined, false or empty text. */
export function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

/** The address when a browser may follow it, else null. */
export function webAddress(text) {
  try {
    const { protocol, href } = new URL(text);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** A product's picture; an empty frame where there is none or it does not load. */
export function picture(address, size) {
  const frame = h("span", { class: "picture" });
  const source = webAddress(address);
  if (source !== null) {
    const image = h("img", {
      src: source,
      alt: "",
      width: size,
      height: size,
      loading: "lazy",
      referrerpolicy: "no-referrer",
      error: () => image.remove(),
    });
    frame.append(image);
  }
  return frame;
}
