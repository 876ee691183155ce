"""How questions come in and answers go out: the socket, MCP and HTTP. The only importer of mcp and starlette."""
