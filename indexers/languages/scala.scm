; Definitions
(class_definition name: (_) @name) @def.class
(object_definition name: (_) @name) @def.class
(trait_definition name: (_) @name) @def.trait
(enum_definition name: (_) @name) @def.enum
(package_object name: (_) @name) @def.module
(given_definition name: (_) @name) @def.class
(class_definition body: (_) @body)
(object_definition body: (_) @body)
(trait_definition body: (_) @body)
(enum_definition body: (_) @body)
(package_object body: (_) @body)
(given_definition body: (_) @body)
(function_definition name: (_) @name) @def.function
(function_definition body: (_) @body)
(function_declaration name: (_) @name) @def.function
(type_definition name: (_) @name) @def.type
(val_definition pattern: (identifier) @variable) @declaration
(val_definition pattern: (tuple_pattern (identifier) @variable))
(val_definition pattern: (identifiers (identifier) @variable))
(var_definition pattern: (identifier) @variable) @declaration
(val_declaration name: (identifier) @variable) @declaration
(var_declaration name: (identifier) @variable) @declaration
(class_definition "case" class_parameters: (class_parameters (class_parameter name: (identifier) @variable) @declaration))
(class_parameter ["val" "var"] name: (identifier) @variable) @declaration
(simple_enum_case name: (_) @constant) @declaration
(full_enum_case name: (_) @constant) @declaration
(_ (modifiers (access_modifier "private"))) @private
[(comment) (block_comment)] @comment

; Local names
[(lambda_expression) (instance_expression (template_body))] @scope
[(case_clause) (for_expression)] @block
(extension_definition) @block @extension
(class_definition . (modifiers)) @class
(block (block) @block)
(type_parameters name: (identifier) @local)
[(covariant_type_parameter name: (identifier) @local) (contravariant_type_parameter name: (identifier) @local)]
(parameter name: (identifier) @local)
(class_parameter name: (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(binding name: (identifier) @local)
(self_type . (identifier) @local)
(enumerator . (identifier) @local)
(enumerator . (tuple_pattern (identifier) @pattern))
(case_clause pattern: (identifier) @pattern)
(tuple_pattern (identifier) @pattern)
(case_class_pattern pattern: (identifier) @pattern)
(typed_pattern pattern: (identifier) @pattern)
(infix_pattern left: (identifier) @pattern)
(infix_pattern right: (identifier) @pattern)
(capture_pattern name: (identifier) @pattern)

; Uses
(identifier) @id
(type_identifier) @id.type
[(field_expression) (stable_identifier)] @member
(stable_type_identifier) @member @type
(call_expression function: (_) @call)
(generic_function function: (_) @call) @generic
(infix_expression operator: (identifier) @call)
(instance_expression . (type_identifier) @call)
(instance_expression . (stable_type_identifier) @call)
(instance_expression . (generic_type type: (_) @call))
(extends_clause [(type_identifier) (stable_type_identifier)] @inherit)
(extends_clause (generic_type type: (_) @inherit))
(extends_clause (compound_type [(type_identifier) (stable_type_identifier)] @inherit))
(extends_clause (compound_type (generic_type type: (_) @inherit)))
(annotation name: (_) @decorate)
(arguments (assignment_expression left: (identifier) @skip))
(interpolated_string_expression interpolator: (identifier) @skip)
(access_qualifier (identifier) @skip)
(end_marker (_) @skip)

; Package, imports and types of names: read by scala.py
(package_clause name: (_) @package @opaque)
(import_declaration) @opaque @import
(export_declaration) @opaque
[(parameter) (class_parameter) (val_declaration) (var_declaration)] @typed
(val_definition pattern: (identifier) type: (_)) @typed_value
(var_definition pattern: (identifier) type: (_)) @typed_value
(val_definition pattern: (identifier) !type) @built
(var_definition pattern: (identifier) !type) @built
(function_definition return_type: (_) @returns)
(function_declaration return_type: (_) @returns)

; What is no use
(string) @text
