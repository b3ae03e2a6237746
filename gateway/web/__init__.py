"""The pages a browser sees, served from here: nothing on them asks another host for anything."""
