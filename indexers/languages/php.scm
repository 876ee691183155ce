; Definitions
(class_declaration name: (name) @name body: (_) @body) @def.class
(interface_declaration name: (name) @name body: (_) @body) @def.interface
(trait_declaration name: (name) @name body: (_) @body) @def.trait
(enum_declaration name: (name) @name body: (_) @body) @def.enum
(function_definition name: (name) @name body: (_) @body) @def.function
(method_declaration name: (name) @name) @def.method
(method_declaration body: (compound_statement) @body)
(property_declaration (property_element name: (variable_name (name) @variable))) @declaration
(const_declaration (const_element . (name) @constant)) @declaration
(enum_case name: (name) @constant) @declaration
(program (expression_statement (assignment_expression left: (variable_name) @variable)) @declaration)
(_ (visibility_modifier "private")) @private
(comment) @comment

; Local names
[(anonymous_function) (arrow_function) (anonymous_class)] @scope
(assignment_expression left: (variable_name) @local)
[(simple_parameter name: (variable_name) @local) (variadic_parameter name: (variable_name) @local)]
(property_promotion_parameter name: (variable_name) @local)
(catch_clause name: (variable_name) @local) @caught
(foreach_statement [(variable_name) @local (pair (variable_name) @local)]) @each
(member_call_expression object: (parenthesized_expression) @wrapped)
(member_access_expression object: (parenthesized_expression) @wrapped)

; Uses
(primary_expression/name) @id
(function_call_expression function: (name) @id @call)
(object_creation_expression . (name) @id @call)
(object_creation_expression . (qualified_name) @call)
(scoped_call_expression scope: (name) @id)
(binary_expression operator: "instanceof" right: [(name) @id (qualified_name)])
(class_constant_access_expression . (name) @id)
(scoped_property_access_expression scope: (name) @id)
(named_type (name) @id.type)
(named_type (qualified_name) @type)
(base_clause (name) @id @inherit)
(base_clause (qualified_name) @inherit)
(class_interface_clause (name) @id @inherit)
(class_interface_clause (qualified_name) @inherit)
(use_declaration (name) @id @inherit)
(use_declaration (qualified_name) @inherit)
(use_list (_ (class_constant_access_expression) @opaque))
(attribute (name) @id @decorate)
(attribute (qualified_name) @decorate)
(global_declaration (variable_name) @id)
(qualified_name prefix: (_)) @member
(qualified_name !prefix (name) @id)
(member_access_expression name: (name)) @member
(nullsafe_member_access_expression name: (name)) @member
(member_call_expression name: (name)) @invocation
(nullsafe_member_call_expression name: (name)) @invocation
(scoped_call_expression name: (name)) @invocation
(function_call_expression function: (_) @call)
(argument name: (name) @skip)
(subscript_expression . (_) @indexed)

; Package, imports and types of names: read by php.py
(namespace_definition name: (_) @package @opaque)
(namespace_use_declaration) @opaque
(namespace_use_clause) @use
[(require_expression) (require_once_expression) (include_expression) (include_once_expression)] @require
(property_promotion_parameter) @promoted @typed
[(simple_parameter) (variadic_parameter) (property_declaration)] @typed
(assignment_expression) @assigned
(_ return_type: (_) @returns)
[(class_constant_access_expression) (scoped_property_access_expression)] @class_constant

; What is done with what is used
(assignment_expression left: [(member_access_expression) (scoped_property_access_expression)] @write)
(augmented_assignment_expression left: [(member_access_expression) (scoped_property_access_expression)] @update)
(update_expression argument: [(member_access_expression) (scoped_property_access_expression)] @update)
(assignment_expression left: (subscript_expression . [(member_access_expression) (scoped_property_access_expression)] @update))
(augmented_assignment_expression left: (subscript_expression . [(member_access_expression) (scoped_property_access_expression)] @update))
(list_literal [(member_access_expression) (scoped_property_access_expression)] @write)
(unset_statement [(member_access_expression) (scoped_property_access_expression)] @write)
(unset_statement (subscript_expression . [(member_access_expression) (scoped_property_access_expression)] @update))
(foreach_statement (_) . (member_access_expression) @write)
(argument [(member_access_expression) (scoped_property_access_expression)] @either)
(by_ref [(member_access_expression) (scoped_property_access_expression)] @either)
(reference_assignment_expression [(member_access_expression) (scoped_property_access_expression)] @either)
(assignment_expression left: (subscript_expression . (subscript_expression . (member_access_expression) @update)))

; What is no use
(string_content) @text
