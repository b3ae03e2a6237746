"""Who orders something in a test, as `shipTo` takes it."""

PERSON = {
    "name": "Åsa Öberg",
    "country": "SE",
    "province": "Skåne",
    "city": "Malmö",
    "line1": "Storgatan 1",
    "postalCode": "211 42",
    "phone": "040 123",
}
