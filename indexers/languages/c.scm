(expression/identifier) @id
(assignment_expression left: (identifier) @id)
(call_expression function: (identifier) arguments: (argument_list [(identifier) (field_expression)])) @handed
