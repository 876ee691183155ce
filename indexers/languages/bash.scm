; Definitions
(function_definition name: (word) @name body: (_) @body) @def.function
(variable_assignment name: (variable_name) @variable) @declaration
(declaration_command (variable_name) @variable)
(command (variable_assignment name: (variable_name) @skip))
(comment) @comment

; Local names
(for_statement variable: (variable_name) @local)
(c_style_for_statement initializer: (variable_assignment name: (variable_name) @local))

; Uses
(simple_expansion (variable_name) @id)
(expansion (variable_name) @id)
(expansion (subscript name: (variable_name) @id))
(arithmetic_expansion (variable_name) @id)
(binary_expression (variable_name) @id)
(command_name . (word) @id @call .)
(command name: (command_name (word)) argument: (_)) @command

; What is no use
[(string_content) (raw_string)] @text
