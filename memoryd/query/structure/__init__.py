"""The project as a whole: layers, cycles, hubs, and what runs it."""
