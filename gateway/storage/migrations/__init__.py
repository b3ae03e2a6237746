"""The steps from an empty database to the present one; see `gateway.storage.migrating`."""
