"""The invented goods: shelves, products, variants, reviews, warehouses, and the search over them."""
