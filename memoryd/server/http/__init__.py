"""HTTP on loopback: who may speak, and MCP behind it."""
