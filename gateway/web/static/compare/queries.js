// What the page asks. A product's variants are asked for when somebody opens them.

const OFFER = `
  fragment OfferParts on Offer {
    rank quantity minimumOrderQuantity meetsMinimumOrder availableQuantity badges reasons
    matchScore matchedWords matchedProduct { title supplier { name } }
    unitPrice { ...Amount }
    problems { code message }
    product { id title url imageUrl supplier { code name mode } provenance { ...Age } }
    variant { id title imageUrl }
    quote {
      ...Way
      id shipTo { country postalCode } notes expiresAt
      lines { variant { title } quantity unitPrice { ...Amount } total { ...Amount } }
      transit { min max }
      costs { amount { ...Amount } note original { ...Amount } source }
      exchangeRates { from to rate asOf source }
      provenance { ...Age }
    }
    alternatives { ...Way }
  }
  fragment Way on Quote {
    shipFrom shippingMethod complete processing { min max } delivery { min max }
    costs { kind name certainty }
    landedCost { ...Amount } landedCostPerUnit { ...Amount }
  }
  fragment Amount on Money { amount currencyCode }
  fragment Age on Provenance { asOf source }
`;

export const COMPARE = `
  query Compare($input: CompareInput!) {
    compare(input: $input) {
      currency
      suppliers {
        supplier { code name mode }
        ... @defer { outcome { status message retryAfterMs } offers { ...OfferParts } }
      }
      ... @defer { offers { ...OfferParts } outcomes { supplier { code } status message retryAfterMs } }
    }
  }
  ${OFFER}
`;

export const VARIANTS = `
  query Variants($id: ID!) {
    product(by: { id: $id }) {
      variants(first: 100) {
        totalCount
        nodes {
          id title sku imageUrl
          options { name value }
          price { amount currencyCode }
          priceTiers { minimumQuantity maximumQuantity unitPrice { amount currencyCode } }
          inventory { countryCode quantity }
        }
      }
    }
  }
`;
