; Definitions
(class_declaration name: (identifier) @name body: (_) @body) @def.class
(record_declaration name: (identifier) @name body: (_) @body) @def.class
(interface_declaration name: (identifier) @name body: (_) @body) @def.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @def.interface
(enum_declaration name: (identifier) @name body: (_) @body) @def.enum
(method_declaration name: (identifier) @name) @def.method
(method_declaration body: (_) @body)
(constructor_declaration name: (identifier) @name body: (_) @body) @def.method
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @def.method
(annotation_type_element_declaration name: (identifier) @name) @def.method
(field_declaration declarator: (variable_declarator name: (identifier) @variable)) @declaration @typed
(field_declaration (modifiers "static" "final") declarator: (variable_declarator name: (identifier) @constant))
(field_declaration (modifiers "final" "static") declarator: (variable_declarator name: (identifier) @constant))
(constant_declaration declarator: (variable_declarator name: (identifier) @constant)) @declaration @typed
(enum_constant name: (identifier) @constant) @declaration
(record_declaration parameters: (formal_parameters (formal_parameter name: (identifier) @variable) @declaration))
(modifiers "private") @private
[(line_comment) (block_comment)] @comment

; Local names
(lambda_expression) @scope
(object_creation_expression (class_body) @scope)
(type_parameter . (type_identifier) @local) @type_parameter
(formal_parameter name: (identifier) @local)
(spread_parameter (variable_declarator name: (identifier) @local))
(lambda_expression parameters: (identifier) @local)
(inferred_parameters (identifier) @local)
(catch_formal_parameter name: (identifier) @local)
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(enhanced_for_statement name: (identifier) @local)
(resource name: (identifier) @local)
(instanceof_expression name: (identifier) @local)
(type_pattern (identifier) @local)
(record_pattern_component (identifier) @local)

; Uses
(identifier) @id
(array_access array: (_) @indexed)
(switch_label (identifier) @skip @label)
(object_creation_expression type: (_) (class_body (method_declaration name: (_) @anonymous)))
(type_identifier) @id.type
[(field_access) (method_reference) (scoped_identifier)] @member
(scoped_type_identifier) @member @type
(method_invocation) @invocation
(object_creation_expression type: [
  (type_identifier) @call (scoped_type_identifier) @call (generic_type . (_) @call)])
(superclass [(type_identifier) @inherit (scoped_type_identifier) @inherit (generic_type . (_) @inherit)])
(super_interfaces (type_list
  [(type_identifier) @inherit (scoped_type_identifier) @inherit (generic_type . (_) @inherit)]))
(extends_interfaces (type_list
  [(type_identifier) @inherit (scoped_type_identifier) @inherit (generic_type . (_) @inherit)]))
(annotation name: (_) @decorate)
(marker_annotation name: (_) @decorate)
(element_value_pair key: (identifier) @skip)
(labeled_statement . (identifier) @skip)
(break_statement (identifier) @skip)
(continue_statement (identifier) @skip)

; Package, imports and types of names: read by java.py
(package_declaration [(identifier) (scoped_identifier)] @package) @opaque
(import_declaration) @opaque @import
(module_declaration) @opaque
(formal_parameter name: (identifier)) @typed
(spread_parameter) @typed
(local_variable_declaration) @typed
(enhanced_for_statement) @typed
(resource name: (identifier)) @typed
(catch_formal_parameter) @typed
(instanceof_expression name: (identifier)) @typed
(method_declaration type: (_) @returns)

; What is done with what is used
(assignment_expression left: [(identifier) (field_access)] @update)
(assignment_expression left: [(identifier) (field_access)] @write operator: "=")
(assignment_expression left: (array_access array: [(identifier) (field_access)] @update))
(update_expression [(identifier) (field_access)] @update)
(update_expression (array_access array: [(identifier) (field_access)] @update))

; What is no use
[(string_fragment) (multiline_string_fragment)] @text
[(local_variable_declaration) (resource)] @binds
[(block) (for_statement) (switch_block_statement_group) (switch_rule) (try_with_resources_statement)] @region
