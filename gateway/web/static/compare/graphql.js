// Asks the endpoint, and puts an answer together that comes in pieces (@defer).

import { keyHeaders } from "./key.js";
import { boundaryOf, partsOf } from "./multipart.js";

const ACCEPT = "multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json, application/json;q=0.9";

/** What went wrong between here and the gateway, in words for people. */
export class Unreachable extends Error {}

/**
 * The answer as it grows: `{ data, errors, extensions, done }`, the same object each time.
 *
 * A server that sends everything at once gives it once. Raises Unreachable, and AbortError after `signal`.
 */
export async function* ask(query, variables, signal, extensions = {}) {
  const response = await reach({ query, variables, extensions }, signal);
  const boundary = boundaryOf(response.headers.get("Content-Type") ?? "");
  const whole = new Whole();
  try {
    if (boundary === null) {
      whole.add(await response.json());
      yield whole;
      return;
    }
    for await (const part of partsOf(response.body, boundary)) {
      whole.add(JSON.parse(part));
      yield whole;
    }
  } catch (error) {
    throw error.name === "AbortError" ? error : new Unreachable(broken(response));
  }
  if (!whole.done) {
    throw new Unreachable("The answer broke off before its end.");
  }
}

async function reach(request, signal) {
  try {
    return await fetch("/graphql", {
      method: "POST",
      headers: { Accept: ACCEPT, "Content-Type": "application/json", ...keyHeaders() },
      body: JSON.stringify(request),
      signal,
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Unreachable("The gateway cannot be reached.");
  }
}

function broken(response) {
  return response.ok
    ? "The answer broke off before its end."
    : `The gateway answered with HTTP status ${response.status}.`;
}

/** An answer, and how later pieces of it are laid into their places. */
export class Whole {
  data = null;
  errors = [];
  extensions = {};
  done = false;
  #places = new Map();

  add(payload) {
    this.data = payload.data ?? this.data;
    this.errors.push(...(payload.errors ?? []));
    Object.assign(this.extensions, payload.extensions);
    for (const { id, path } of payload.pending ?? []) {
      this.#places.set(id, path);
    }
    for (const { id, subPath = [], data, items, errors = [] } of payload.incremental ?? []) {
      const place = [...this.#places.get(id), ...subPath].reduce((inside, step) => inside[step], this.data);
      if (items) {
        place.push(...items);
      } else {
        Object.assign(place, data);
      }
      this.errors.push(...errors);
    }
    for (const { id, errors = [] } of payload.completed ?? []) {
      this.#places.delete(id);
      this.errors.push(...errors);
    }
    this.done = !payload.hasNext;
  }
}
