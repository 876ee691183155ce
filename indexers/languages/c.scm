(expression/identifier) @id
(assignment_expression left: (identifier) @id)
