// Puts GraphiQL together: the gateway's endpoint, its worked examples as tabs, and a query from the address if any.
"use strict";

(function () {
  const page = JSON.parse(document.getElementById("page-data").textContent);
  // Behind "#", because "?query=" is a request by GET, which is answered with data.
  const given = new URLSearchParams(window.location.hash.slice(1));

  // Tabs that somebody left open come back from the browser's storage. The storage knows nothing of new examples,
  // so its name changes with them.
  const prefix = "sourcescout:" + page.version + ":";
  const storage = {
    getItem: (key) => window.localStorage.getItem(prefix + key),
    setItem: (key, value) => window.localStorage.setItem(prefix + key, value),
    removeItem: (key) => window.localStorage.removeItem(prefix + key),
    clear: () =>
      Object.keys(window.localStorage)
        .filter((key) => key.startsWith(prefix))
        .forEach((key) => window.localStorage.removeItem(key)),
    get length() {
      return Object.keys(window.localStorage).filter((key) => key.startsWith(prefix)).length;
    },
  };

  const properties = {
    fetcher: GraphiQL.createFetcher({ url: page.endpoint }),
    plugins: [GraphiQLPluginExplorer.explorerPlugin()],
    defaultTabs: page.examples,
    defaultEditorToolsVisibility: false,
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
