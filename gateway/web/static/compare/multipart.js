// Cuts a multipart/mixed answer into its parts while it still arrives (RFC 2046).

/** The boundary that a Content-Type names, or null when it is not multipart. */
export function boundaryOf(contentType) {
  const found = /^multipart\/mixed\b.*?;\s*boundary=(?:"([^"]+)"|([^\s;,"]+))/i.exec(contentType);
  return found ? (found[1] ?? found[2]) : null;
}

/**
 * The text of each part, without its headers, as soon as the boundary behind it has come.
 *
 * `stream` is a ReadableStream of bytes that may be cut anywhere. A part that breaks off is left out.
 */
export async function* partsOf(stream, boundary) {
  const delimiter = `\r\n--${boundary}`;
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  // The first boundary may begin the stream, with no line before it.
  let rest = "\r\n";
  let begun = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      rest += value;
      for (let end = rest.indexOf(delimiter); end >= 0; end = rest.indexOf(delimiter)) {
        const part = rest.slice(0, end);
        rest = rest.slice(end + delimiter.length);
        if (begun) {
          const head = part.indexOf("\r\n\r\n");
          yield part.slice(head + 4);
        }
        begun = true;
      }
      if (begun && rest.startsWith("--")) {
        return;
      }
    }
  } finally {
    await reader.cancel();
  }
}
