"""All documented calls: those answered here, and those of which too little is known to answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.endpoint import Endpoint
from providers.cj.simulator.routes import (
    authentication,
    cart,
    creating,
    disputes,
    freight,
    freight_tip,
    mine,
    old_list,
    orders,
    paying,
    products,
    sandbox,
    search,
    stock,
    tracking,
    webhooks,
)
from providers.cj.simulator.routes.authentication import IDENTIFIERS as IDENTIFIERS

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *authentication.ENDPOINTS,
    *search.ENDPOINTS,
    *old_list.ENDPOINTS,
    *products.ENDPOINTS,
    *stock.ENDPOINTS,
    *mine.ENDPOINTS,
    *freight.ENDPOINTS,
    *freight_tip.ENDPOINTS,
    *tracking.ENDPOINTS,
    *creating.ENDPOINTS,
    *cart.ENDPOINTS,
    *orders.ENDPOINTS,
    *paying.ENDPOINTS,
    *sandbox.ENDPOINTS,
    *disputes.ENDPOINTS,
    *webhooks.ENDPOINTS,
)

_FIELDS, _OLD, _GATED = "its fields are not known to us", "deprecated", "needs an allow-listed account"
NOT_SIMULATED: Final[Mapping[str, str]] = MappingProxyType(
    {path: reason for reason, paths in (
        (_OLD, "/shopping/order/createOrder"),
        (_GATED, "/product/queryProductsByImage"),
        (_FIELDS, """
            /shop/product/queryPage /shop/product/queryDetail /store/product/saveProduct
            /store/product/saveVariantBatch /product/conn/connection /product/packaging/connection/create
            /product/packaging/connection/query /product/packaging/connection/delete
            /product/packaging/connection/variantConditionPackList /product/queryVideosByProductId
            /product/packagingProduct/query /product/cjPackaging/query /product/individualization/add
            /storehouseCenterWeb/syncStorehouseVideoRequests /logistic/partnerFreightCalculate
            /shopping/order/podProductCustomPicturesEdit /shopping/order/queryCogsBasicDataOrderInfoList
            /shopping/mergeOrder/autoMatchMergeOrderListV3 /shopping/mergeOrder/autoMergeQueryProgress
            /shopping/mergeOrder/autoMergeQueryResult /shopping/mergeOrder/submitMergeOrderBatchV3
            /shopping/mergeOrder/submitProgress /shopping/mergeOrder/submitResult
            /shopping/privateInventory/address /shopping/privateInventory/cart
            /shopping/privateInventory/confirmation /shopping/privateInventory/createOrder
            /shopping/privateInventory/order/list /shopping/privateInventory/outbound /ticket/list
            /ticket/detail /ticket/messages /ticket/types /ticket/create /ticket/reply /ticket/complete
            /ticket/remind /ticket/evaluate /ticket/pendingCount /ticket/attachment/upload
            /ticket/order/questionTypes /ticket/order/create
         """),
    ) for path in paths.split()}
)  # fmt: skip
"""Path and why it is answered with 1600100; anything in neither table does not exist (1600101)."""
