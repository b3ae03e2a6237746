// Puts GraphiQL together: the gateway's endpoint, its worked examples as tabs, and a query from the address if any.
"use strict";

// Where a person puts the gateway's key in.
const KEY = '{ "Authorization": "Bearer " }';

(function () {
  const page = JSON.parse(document.getElementById("page-data").textContent);
  // Behind "#", because "?query=" is a request by GET, which is answered with data.
  const given = new URLSearchParams(window.location.hash.slice(1));

  // Tabs that somebody left open come back from the browser's storage. The storage knows nothing of new examples,
  // so its name changes with them.
  const prefix = "sourcescout:" + page.version + ":";
  const storage = {
    getItem: (key) => window.localStorage.getItem(prefix + key),
    // GraphiQL's history keeps headers, too. A key never gets there.
    setItem: (key, value) => window.localStorage.setItem(prefix + key, value.replace(/(bearer +)[\w.~+/=-]+/gi, "$1")),
    removeItem: (key) => window.localStorage.removeItem(prefix + key),
    clear: () =>
      Object.keys(window.localStorage)
        .filter((key) => key.startsWith(prefix))
        .forEach((key) => window.localStorage.removeItem(key)),
    get length() {
      return Object.keys(window.localStorage).filter((key) => key.startsWith(prefix)).length;
    },
  };

  // A key in the headers of one tab serves them all, until the page is closed; nothing else keeps it. Until there is
  // one the schema is not asked for, since GraphiQL would not ask again by itself.
  const send = GraphiQL.createFetcher({ url: page.endpoint });
  let authorization = null;
  let unlock = null;
  const unlocked = page.locked ? new Promise((resolve) => (unlock = resolve)) : Promise.resolve();
  async function fetcher(parameters, options) {
    const headers = { ...options?.headers };
    const name = Object.keys(headers).find((each) => each.toLowerCase() === "authorization");
    if (name && /^bearer +\S/i.test(headers[name])) {
      authorization = headers[name];
      unlock?.();
    }
    if (parameters.operationName === "IntrospectionQuery") {
      await unlocked;
    }
    if (authorization) {
      headers[name ?? "Authorization"] = authorization;
    }
    return send(parameters, { ...options, headers });
  }

  const properties = {
    fetcher: fetcher,
    plugins: [GraphiQLPluginExplorer.explorerPlugin()],
    defaultTabs: page.locked ? page.examples.map((tab) => ({ ...tab, headers: KEY })) : page.examples,
    defaultHeaders: page.locked ? KEY : undefined,
    defaultEditorToolsVisibility: page.locked ? "headers" : false,
    shouldPersistHeaders: false,
    inputValueDeprecation: true,
    storage: storage,
  };
  if (given.has("query")) {
    properties.query = given.get("query");
    properties.variables = given.get("variables") || undefined;
  }

  const logo = React.createElement(
    GraphiQL.Logo,
    null,
    React.createElement("a", { className: "gateway-name", href: page.home }, "SourceScout"),
  );
  const root = ReactDOM.createRoot(document.getElementById("graphiql"));
  root.render(React.createElement(GraphiQL, properties, logo));
})();
