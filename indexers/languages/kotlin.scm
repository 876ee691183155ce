; Definitions
(class_declaration name: (identifier) @name) @def.class
(object_declaration name: (identifier) @name) @def.class
(companion_object name: (identifier) @name) @def.class
(class_declaration [(class_body) (enum_class_body)] @body)
(object_declaration (class_body) @body)
(function_declaration name: (identifier) @name) @def.function
(function_declaration (function_body) @body)
(secondary_constructor "constructor" @name) @def.method
(secondary_constructor (block) @body)
(type_alias type: (identifier) @name) @def.type
(property_declaration (variable_declaration . (identifier) @variable)) @declaration
(property_declaration (multi_variable_declaration (variable_declaration . (identifier) @variable)))
(property_declaration (modifiers (property_modifier)) (variable_declaration . (identifier) @constant))
(class_parameter ["val" "var"] (identifier) @variable) @declaration
(enum_entry (identifier) @constant) @declaration
(_ (modifiers (visibility_modifier "private"))) @private
[(line_comment) (block_comment)] @comment

; Local names
[(lambda_literal) (anonymous_function) (object_literal) (anonymous_initializer) (getter) (setter)] @scope
[(for_statement) (catch_block) (when_entry)] @block
(if_expression (block) @block)
(while_statement (block) @block)
(try_expression (block) @block)
(type_parameter (identifier) @local)
(parameter . (identifier) @local)
(class_parameter (identifier) @local)
(setter (identifier) @local)
(lambda_parameters (variable_declaration . (identifier) @local))
(multi_variable_declaration (variable_declaration . (identifier) @local))
(for_statement (variable_declaration . (identifier) @local))
(when_subject (variable_declaration . (identifier) @local))
(catch_block . (identifier) @local)

; Uses
(identifier) @id
(user_type (identifier) @id.type)
(user_type (identifier) (identifier) .) @member @type
(navigation_expression) @member
(call_expression . (_) @call)
(infix_expression (_) . (identifier) @call . (_))
(delegation_specifier (user_type (identifier) @inherit .))
(delegation_specifier (user_type (identifier) @inherit . (type_arguments)))
(delegation_specifier (constructor_invocation (user_type (identifier) @inherit .)))
(delegation_specifier (constructor_invocation (user_type (identifier) @inherit . (type_arguments))))
(explicit_delegation . (user_type (identifier) @inherit .))
(explicit_delegation . (user_type (identifier) @inherit . (type_arguments)))
(annotation (user_type (identifier) @decorate .))
(annotation (constructor_invocation (user_type (identifier) @decorate .)))
(file_annotation) @opaque
(value_argument . (identifier) @skip . "=")
(return_expression label: (identifier) @skip)
(this_expression (identifier) @skip)
(super_expression (identifier) @skip)

; Package, imports and types of names: read by kotlin.py
(package_header (qualified_identifier) @package) @opaque
(import) @opaque @import
(class_parameter) @parameter
[(parameter) (variable_declaration)] @typed
(property_declaration) @value @extends
(function_declaration) @extends
(function_declaration (function_body)) @expressed
(function_declaration (function_value_parameters) . [(user_type) (nullable_type) (function_type)] @returns)

; What is done with what is used
(assignment left: [(identifier) (navigation_expression)] @update)
(assignment left: [(identifier) (navigation_expression)] @write "=")
(assignment left: (index_expression . [(identifier) (navigation_expression)] @update))
(unary_expression ["++" "--"] argument: [(identifier) (navigation_expression)] @update)
(unary_expression argument: [(identifier) (navigation_expression)] @update ["++" "--"])

; What is no use
(string_content) @text
