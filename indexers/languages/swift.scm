; Definitions
(class_declaration "class" name: (type_identifier) @name body: (_) @body) @def.class
(class_declaration "actor" name: (type_identifier) @name body: (_) @body) @def.class
(class_declaration "struct" name: (type_identifier) @name body: (_) @body) @def.struct
(class_declaration "enum" name: (type_identifier) @name body: (_) @body) @def.enum
(class_declaration "extension" name: (_) @name body: (_) @body) @container @extended
(protocol_declaration name: (type_identifier) @name body: (_) @body) @def.interface
(function_declaration name: (simple_identifier) @name) @def.function
(function_declaration body: (_) @body)
(protocol_function_declaration name: (simple_identifier) @name) @def.method
(init_declaration "init" @name) @def.method
(init_declaration body: (_) @body)
(deinit_declaration "deinit" @name body: (_) @body) @def.method
(subscript_declaration "subscript" @name) @def.method
(subscript_declaration (computed_property) @body)
(typealias_declaration name: (type_identifier) @name) @def.type
(associatedtype_declaration name: (type_identifier) @name) @def.type
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name) computed_value: (_) @body) @def.property
(property_declaration name: (pattern bound_identifier: (simple_identifier) @variable)) @declaration
(property_declaration name: (pattern (pattern (simple_identifier) @variable)))
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @variable)) @declaration
(enum_entry name: (simple_identifier) @constant) @declaration
(_ (modifiers (visibility_modifier "private"))) @private
(_ (modifiers (visibility_modifier "fileprivate"))) @private
(_ (modifiers (visibility_modifier "("))) @restricted
[(comment) (multiline_comment)] @comment

; Local names
(lambda_literal) @scope
(property_declaration value: (call_expression . (lambda_literal) @scope))
[(for_statement) (catch_block) (switch_entry) (if_statement) (while_statement)] @block
(type_parameter . (type_identifier) @local)
(parameter name: (simple_identifier) @local)
(pattern bound_identifier: (simple_identifier) @local)
(pattern (value_binding_pattern) (pattern (simple_identifier) @local))
(pattern (value_binding_pattern) (pattern (pattern (simple_identifier) @local)))
(if_statement bound_identifier: (simple_identifier) @local)
(guard_statement bound_identifier: (simple_identifier) @local)
(while_statement bound_identifier: (simple_identifier) @local)
(lambda_parameter name: (simple_identifier) @local)
(capture_list_item name: (simple_identifier) @local)

; Uses
(simple_identifier) @id
(type_identifier) @id.type
(user_type (type_identifier) (type_identifier) .) @member @type
(pattern "." . (simple_identifier) @case @skip)
(if_statement "." . (simple_identifier) @case @skip)
(guard_statement "." . (simple_identifier) @case @skip)
(navigation_expression) @member
(prefix_expression ".") @member
(call_expression . (_) @call (call_suffix (value_arguments "(")))
(call_expression . (_) @call (call_suffix . (lambda_literal)))
(constructor_expression constructed_type: (user_type (type_identifier) @call .))
(constructor_expression constructed_type: (user_type (type_identifier) @call . (type_arguments)))
(inheritance_specifier inherits_from: (user_type (type_identifier) @inherit .))
(inheritance_specifier inherits_from: (user_type (type_identifier) @inherit . (type_arguments)))
(attribute (user_type (type_identifier) @decorate .))
(value_argument_label (simple_identifier) @skip)
(parameter external_name: (simple_identifier) @skip)
(enum_type_parameters (simple_identifier) @skip)
(tuple_expression name: (simple_identifier) @skip)
(tuple_type_item name: (simple_identifier) @skip)
(directive (simple_identifier) @skip)
(availability_condition) @opaque
(attribute (simple_identifier) @skip)

; Imports and types of names: read by swift.py
(import_declaration) @opaque @import
(property_declaration) @declared
[(parameter) (lambda_parameter)] @typed
(function_declaration "->" . (_) @returns)
(protocol_function_declaration "->" . (_) @returns)

; What is no use
(line_str_text) @text
