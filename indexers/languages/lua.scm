; Definitions
(function_declaration name: (identifier) @name) @def.function
(function_declaration name: (dot_index_expression table: (_) @owner field: (identifier) @name)) @def.function
(function_declaration name: (method_index_expression table: (_) @owner method: (identifier) @name)) @def.function
(function_declaration body: (block) @body)
(assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (function_definition) .)) @def.function
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name) .)
  (expression_list . value: (function_definition body: (block) @body) .)) @def.function
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name) .)
  (expression_list . value: (function_definition !body) .)) @def.function
(assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (table_constructor) .)) @container
(field name: (identifier) @name value: (function_definition)) @def.method
(variable_declaration (assignment_statement
  (expression_list . value: [(function_definition) (table_constructor)] .))) @outer
(variable_declaration (assignment_statement (variable_list name: (identifier) @variable)))
(variable_declaration (variable_list name: (identifier) @variable))
(chunk (assignment_statement (variable_list name: (identifier) @variable)))
(variable_declaration) @declaration
(chunk (assignment_statement) @declaration)
(chunk (assignment_statement
  (variable_list . name: (dot_index_expression table: (_) field: (identifier)) .)
  (expression_list . value: [(string) (number) (true) (false) (nil) (table_constructor) (function_call) (identifier)
    (dot_index_expression) (binary_expression)] .)) @field)
(chunk (variable_declaration) @hidden)
(chunk (function_declaration "local") @hidden)
(comment) @comment

; Local names
(function_definition) @scope
[(for_statement) (while_statement) (repeat_statement) (if_statement) (do_statement)] @block
(parameters name: (identifier) @local)
(for_generic_clause (variable_list name: (identifier) @local))
(for_numeric_clause name: (identifier) @local)

; Uses
(identifier) @id
[(dot_index_expression) (method_index_expression)] @member
(function_call name: (_) @call)
(field name: (identifier) @skip)
(attribute (identifier) @skip)
(goto_statement (identifier) @skip)
(label_statement (identifier) @skip)

; What require and return say: read by lua.py
(function_call name: (identifier) arguments: (arguments . (string) .)) @loaded
(variable_declaration (assignment_statement) @assigned)
(chunk (return_statement (expression_list . (identifier) @returned .)))
(return_statement (expression_list . [(identifier) (function_call)] @given_back .))
(function_declaration name: (method_index_expression) @method)
(field name: (identifier) value: [(identifier) (dot_index_expression)]) @listed

; What is done with what is used
(assignment_statement (variable_list name: [(identifier) (dot_index_expression)] @write))
(assignment_statement (variable_list name: (bracket_index_expression table: [(identifier) (dot_index_expression)] @update)))

; What is no use
(string_content) @text
