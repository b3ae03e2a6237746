"""Queries through the whole gateway in process, with the simulator behind it over a real socket."""
