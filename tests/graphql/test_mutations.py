"""What mutations change at a supplier, and how they say that they could not."""

from typing import Any

from gateway import ids
from providers.cj.simulator import Fault
from tests.graphql.conftest import Gateway, Reachable

ONE = '{ products(search: {suppliers: ["cj"]}, first: 1) { nodes { id } } }'


async def test_importing_a_product(gateway: Gateway) -> None:
    """An imported product is on the account's list; importing it again is a warning, not an error."""
    found = await gateway.data('{ products(search: {suppliers: ["cj"]}, first: 3) { nodes { id } } }')
    mutation = """mutation ($id: ID!) { importProduct(input: {productId: $id}) {
      product { id title imported } userErrors { message } warnings { code }
    } }"""
    chosen = [node["id"] for node in found["products"]["nodes"]]
    for each in chosen:
        done = (await gateway.data(mutation, id=each))["importProduct"]
        assert done["product"]["id"] == each
        assert done["product"]["imported"] is True
        assert done["userErrors"] == done["warnings"] == []
    again = (await gateway.data(mutation, id=chosen[0]))["importProduct"]
    assert again["userErrors"] == []
    assert again["warnings"] == [{"code": "ALREADY_DONE"}]
    listed, after = set(), None
    for _ in range(3):
        query = """query ($after: String) { importedProducts(supplier: "cj", first: 1, after: $after) {
          totalCount nodes { id imported } pageInfo { endCursor hasNextPage } outcomes { status }
        } }"""
        page = (await gateway.data(query, after=after))["importedProducts"]
        assert page["outcomes"] == [{"status": "OK"}]
        assert page["nodes"][0]["imported"] is True
        listed.add(page["nodes"][0]["id"])
        after = page["pageInfo"]["endCursor"]
    assert listed == set(chosen)
    assert page["pageInfo"]["hasNextPage"] is False


async def test_a_sourcing_request_is_followed(gateway: Gateway, cj: Reachable) -> None:
    """A request for a product is found again by its id, with what has become of it."""
    made = await gateway.data("""mutation { requestSourcing(input: {
      supplier: "cj", productName: "Brass lamp", imageUrl: "https://example.com/lamp.png",
      targetPrice: "4.50", note: "Two lines,\\nboth of them", reference: "mine-1"
    }) { sourcing { id status supplierSourcingId supplier { code } } userErrors { message } } }""")
    sourcing = made["requestSourcing"]["sourcing"]
    assert made["requestSourcing"]["userErrors"] == []
    assert sourcing["supplier"] == {"code": "cj"}
    assert cj.simulator.ledger.count("/product/sourcing/create") == 1
    query = "query ($id: ID!) { node(id: $id) { id ... on SourcingRequest { status rawStatus variantSku } } }"
    found = (await gateway.data(query, id=sourcing["id"]))["node"]
    assert found["id"] == sourcing["id"]
    assert found["status"] in {"PENDING", "FOUND", "FAILED"}
    assert found["rawStatus"]


async def test_mutations_at_a_supplier_in_trouble(gateway: Gateway, cj: Reachable) -> None:
    """A supplier that is busy, that refuses, or that cannot be read afterwards is data, not a fault."""
    (product,) = (await gateway.data(ONE))["products"]["nodes"]
    mutation = """mutation ($id: ID!) { importProduct(input: {productId: $id}) {
      product { title } warnings { code message }
      userErrors {
        __typename code message field
        ... on SupplierBusy { retryAfterMs } ... on SupplierRefused { supplierCode }
      }
    } }"""

    async def imported(*faults: Fault) -> dict[str, Any]:
        cj.simulator.faults.clear()
        cj.simulator.faults.add(*faults)
        done: dict[str, Any] = (await gateway.data(mutation, id=product["id"]))["importProduct"]
        return done

    adding = "*/addToMyProduct"
    busy = await imported(Fault("error", adding, params={"code": 1600200}))
    (error,) = busy["userErrors"]
    assert (error["__typename"], error["code"]) == ("SupplierBusy", "SUPPLIER_BUSY")
    assert error["retryAfterMs"] >= 1000
    refused = await imported(Fault("error", adding, params={"code": 1600300, "message": "Param error"}))
    (error,) = refused["userErrors"]
    assert (error["__typename"], error["supplierCode"]) == ("SupplierRefused", "1600300")
    gone = await imported(Fault("error", adding, params={"code": 1602001}))
    (error,) = gone["userErrors"]
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["input", "productId"])
    unread = await imported(Fault("error", "*/product/query", params={"code": 1600300}))
    assert unread["product"] is None
    assert unread["userErrors"] == []
    assert [warning["code"] for warning in unread["warnings"]] == ["NOT_READ"]
    assert unread["warnings"][0]["message"].startswith("It is on the list, but could not be read afterwards")


async def test_mutations_tell_people_what_is_wrong(gateway: Gateway) -> None:
    """What a person can act on is data: the field it is about, and what is missing at the supplier."""
    query = """mutation ($sample: ID!) {
      broken: importProduct(input: {productId: "x"}) { userErrors { __typename code message field } }
      refused: importProduct(input: {productId: $sample}) {
        userErrors { __typename ... on CapabilityMissing { supplier feature message } }
      }
      empty: requestSourcing(
        input: {supplier: "cj", productName: " ", imageUrl: "https://example.com/a.png"}
      ) { userErrors { __typename code field } }
      long: requestSourcing(
        input: {supplier: "cj", productName: "Lamp", imageUrl: "https://example.com/a.png", note: "%s"}
      ) { userErrors { field message } }
      nobody: requestSourcing(
        input: {supplier: "nobody", productName: "Lamp", imageUrl: "https://example.com/a.png"}
      ) { userErrors { field } }
    }""" % ("x" * 300)
    data = await gateway.data(query, sample=ids.product_id("alibaba", "1600000000118"))
    assert data["broken"]["userErrors"][0]["field"] == ["input", "productId"]
    assert data["refused"]["userErrors"][0]["supplier"] == "alibaba"
    assert data["empty"]["userErrors"][0]["field"] == ["input", "productName"]
    assert "300 characters are too many" in data["long"]["userErrors"][0]["message"]
    assert data["nobody"]["userErrors"][0]["field"] == ["input", "supplier"]
