(expression/identifier) @id
