// Asks a gateway through Apollo Client as a page would, once for each form of incremental delivery that it
// knows, and prints what each emitted. Arguments: the endpoint, and the query.

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { Defer20220824Handler, GraphQL17Alpha9Handler } from "@apollo/client/incremental";

const [uri, query] = process.argv.slice(2);

async function emissions(incrementalHandler) {
  const accepted = [];
  const types = [];
  const watchful = async (address, options) => {
    accepted.push(options.headers.accept);
    const answer = await fetch(address, options);
    types.push(answer.headers.get("content-type"));
    return answer;
  };
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri, fetch: watchful }),
    incrementalHandler,
  });
  const emitted = [];
  const observed = client.watchQuery({ query: gql(query), errorPolicy: "all" });
  await new Promise((resolve) => {
    observed.subscribe(({ data, dataState, error }) => {
      if (dataState === "empty") return; // nothing has come yet
      const errors = CombinedGraphQLErrors.is(error) ? error.errors : error ? [String(error)] : [];
      emitted.push({ dataState, data, errors });
      if (dataState === "complete") resolve();
    });
  });
  const cached = client.readQuery({ query: gql(query) });
  client.stop();
  return { accepted, types, emitted, cached };
}

const told = {};
for (const Handler of [GraphQL17Alpha9Handler, Defer20220824Handler]) {
  told[Handler.name] = await emissions(new Handler());
}
console.log(JSON.stringify(told));
