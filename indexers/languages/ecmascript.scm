; What JavaScript and TypeScript share.

; Definitions
(function_declaration name: (identifier) @name body: (statement_block) @body) @def.function
(generator_function_declaration name: (identifier) @name body: (statement_block) @body) @def.function
(class_declaration body: (class_body) @body) @def.class
(method_definition
  name: [(property_identifier) (private_property_identifier)] @name
  body: (statement_block) @body) @def.method
(method_definition name: [(string) (number) (computed_property_name)]) @scope
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression) (generator_function)]) @def.function
(variable_declarator name: (identifier) @name value: (class body: (class_body) @body)) @def.class
(variable_declarator name: (identifier) @name value: (object)) @container
(assignment_expression
  left: (member_expression object: [(identifier) (member_expression)]) @name
  right: [(arrow_function) (function_expression) (generator_function)]) @def.function
(assignment_expression
  left: (member_expression object: [(identifier) (member_expression)]) @name
  right: (class body: (class_body) @body)) @def.class
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @def.method
(pair key: (property_identifier) @name value: (object)) @container
(export_statement "default" @name value: [(arrow_function) (function_expression) (generator_function)]) @def.function
(export_statement "default" @name value: (class body: (class_body) @body)) @def.class
(export_statement "default" @name value: (object)) @container
(export_statement declaration: [(function_declaration) (generator_function_declaration) (class_declaration)]) @outer
(export_statement declaration: (_ . (variable_declarator
  value: [(arrow_function) (function_expression) (generator_function) (class) (object)]))) @outer
(lexical_declaration . (variable_declarator
  value: [(arrow_function) (function_expression) (generator_function) (class) (object)])) @outer
(variable_declaration . (variable_declarator
  value: [(arrow_function) (function_expression) (generator_function) (class) (object)])) @outer

(lexical_declaration (variable_declarator name: (identifier) @variable))
(variable_declaration (variable_declarator name: (identifier) @hoisted))
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @variable))
(variable_declarator name: (object_pattern (pair_pattern value: (identifier) @variable)))
(variable_declarator name: (object_pattern (object_assignment_pattern left: (shorthand_property_identifier_pattern) @variable)))
(variable_declarator name: (object_pattern (pair_pattern value: (assignment_pattern left: (identifier) @variable))))
(variable_declarator name: (object_pattern (rest_pattern (identifier) @variable)))
(variable_declarator name: (array_pattern (identifier) @variable))
[(lexical_declaration) (variable_declaration)] @declaration

; Documentation
(comment) @comment

; Local names
[(arrow_function) (function_expression) (generator_function) (class_static_block)] @scope
[(for_statement) (for_in_statement) (catch_clause) (switch_body)] @block
(if_statement consequence: (statement_block) @block)
(else_clause (statement_block) @block)
(while_statement body: (statement_block) @block)
(do_statement body: (statement_block) @block)
(try_statement body: (statement_block) @block)
(finally_clause body: (statement_block) @block)
(program (statement_block) @block)
(statement_block (statement_block) @block)
(arrow_function parameter: (identifier) @local)
(function_expression name: (identifier) @local)
(generator_function name: (identifier) @local)
(class name: (_) @skip)
(shorthand_property_identifier_pattern) @local
(pair_pattern value: (identifier) @local)
(array_pattern (identifier) @local)
(assignment_pattern left: (identifier) @local)
(rest_pattern (identifier) @local)
(catch_clause parameter: (identifier) @local)
(for_in_statement kind: _ left: (identifier) @local)

; Uses
(primary_expression/identifier) @id
(shorthand_property_identifier) @id
(assignment_expression left: (identifier) @id)
(augmented_assignment_expression left: (identifier) @id)
(for_in_statement left: (identifier) @id)
(decorator [(identifier) @id (call_expression function: (identifier) @id)])
(decorator) @decorator
(export_statement !source (export_clause (export_specifier name: (identifier) @id)))
(member_expression) @member
(member_expression object: (identifier) @id)
(call_expression function: (_) @call)
(new_expression constructor: (_) @call)
(decorator [(identifier) (member_expression)] @decorate)
(decorator (call_expression function: (_) @decorate))

; Imports, exports, types of local names: read by ecmascript.py
(import_statement) @opaque @import
(export_statement source: (string)) @opaque
(program (export_statement) @export)
(call_expression function: [(identifier) (import)] arguments: (arguments . (string) .)) @loaded
(variable_declarator value: (_)) @declarator
(assignment_expression left: (member_expression)) @assigned
(for_in_statement right: (_)) @loop
(call_expression function: (member_expression) arguments: (arguments . [(arrow_function) (function_expression)])) @each
(object (pair key: (property_identifier)) @entry)
(object (shorthand_property_identifier) @entry)
(return_statement (_)) @returned
(arrow_function body: [(identifier) (call_expression) (member_expression) (new_expression) (await_expression) (parenthesized_expression)]) @returned
(subscript_expression object: (_) @indexed)
[(function_expression) (generator_function) (function_declaration) (generator_function_declaration)
 (method_definition) (class_body)] @binder
(call_expression function: (member_expression) arguments: (arguments . (string))) @mocked
(new_expression arguments: (arguments . (string) . (member_expression))) @located
(call_expression function: (member_expression object: (meta_property)) arguments: (arguments . [(string) (array)])) @globbed

; What is done with what is used
(assignment_expression left: [(identifier) (member_expression)] @write)
(augmented_assignment_expression left: [(identifier) (member_expression)] @update)
(update_expression argument: [(identifier) (member_expression)] @update)
(assignment_expression left: (subscript_expression object: [(identifier) (member_expression)] @update))
(augmented_assignment_expression left: (subscript_expression object: [(identifier) (member_expression)] @update))
(update_expression argument: (subscript_expression object: [(identifier) (member_expression)] @update))
(unary_expression operator: "delete" argument: (member_expression) @write)
(unary_expression operator: "delete" argument: (subscript_expression object: [(identifier) (member_expression)] @update))
(array_pattern [(identifier) (member_expression)] @write)
(pair_pattern value: [(identifier) (member_expression)] @write)
(rest_pattern [(identifier) (member_expression)] @write)
(assignment_pattern left: [(identifier) (member_expression)] @write)
(for_in_statement left: [(identifier) (member_expression)] @write)

; What is no use
[(string_fragment) (regex_pattern)] @text
[(shorthand_property_identifier) (shorthand_property_identifier_pattern)] @unproven
(assignment_expression left: [(array_pattern) (object_pattern)] @loose)
(for_in_statement !kind left: [(array_pattern) (object_pattern)] @loose)
