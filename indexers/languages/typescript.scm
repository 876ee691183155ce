; What TypeScript adds.

; Definitions
(class_declaration name: (type_identifier) @name)
(abstract_class_declaration name: (type_identifier) @name body: (class_body) @body) @def.class
(interface_declaration name: (type_identifier) @name body: (interface_body) @body) @def.interface
(type_alias_declaration name: (type_identifier) @name) @def.type
(enum_declaration name: (identifier) @name body: (enum_body) @body) @def.enum
(enum_body name: (property_identifier) @name @def.field)
(enum_assignment name: (property_identifier) @name) @def.field
(internal_module name: [(identifier) (nested_identifier)] @name body: (statement_block) @body) @def.namespace
(module name: [(identifier) (nested_identifier)] @name body: (statement_block) @body) @def.namespace
(function_signature name: (identifier) @name) @def.function
(method_signature name: (property_identifier) @name) @def.method
(abstract_method_signature name: (property_identifier) @name) @def.method
(property_signature name: (property_identifier) @name) @def.property
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @def.field
(export_statement declaration: [
  (abstract_class_declaration) (interface_declaration) (type_alias_declaration) (enum_declaration)
  (internal_module) (function_signature)]) @outer
(export_statement declaration: (ambient_declaration [
  (class_declaration) (abstract_class_declaration) (interface_declaration) (type_alias_declaration)
  (enum_declaration) (function_signature)])) @outer
(ambient_declaration [
  (class_declaration) (abstract_class_declaration) (interface_declaration) (type_alias_declaration)
  (enum_declaration) (function_signature)]) @outer
(internal_module name: (nested_identifier) @opaque)
(module name: (nested_identifier) @opaque)

; Local names
[(function_type) (constructor_type) (call_signature) (construct_signature) (index_signature)] @scope
(required_parameter pattern: (identifier) @local)
(optional_parameter pattern: (identifier) @local)
(type_parameter name: (type_identifier) @local)
(mapped_type_clause name: (type_identifier) @local)
(infer_type . (type_identifier) @local)
(index_signature name: (identifier) @local)

; Uses
(type_identifier) @id.type
(nested_type_identifier) @member
(nested_identifier) @member
(nested_type_identifier module: (identifier) @id)
(nested_identifier object: (identifier) @id)
(type_query (identifier) @id)
(type_query) @type
(nested_type_identifier) @type
(extends_clause value: (_) @inherit)
(extends_clause value: (call_expression function: (_) @inherit))
(implements_clause [(type_identifier) (nested_type_identifier)] @inherit)
(implements_clause (generic_type name: (_) @inherit))
(extends_type_clause type: [(type_identifier) (nested_type_identifier)] @inherit)
(extends_type_clause type: (generic_type name: (_) @inherit))

; Types of local names: read by ecmascript.py
(import_alias) @opaque @renamed
[(required_parameter) (optional_parameter)] @typed
(public_field_definition) @field
(function_declaration return_type: (_) @returns)
(function_signature return_type: (_) @returns)
(method_definition return_type: (_) @returns)
(method_signature return_type: (_) @returns)
(abstract_method_signature return_type: (_) @returns)
(arrow_function return_type: (_) @returns)
(property_signature type: (_)) @signature
(type_alias_declaration) @alias
(type_parameter constraint: (_)) @bounded
(extends_clause) @component
(object (_)) @literal
[(arrow_function) (function_expression)] @handed
(variable_declarator name: (identifier) @name value: [(as_expression . (object)) (satisfies_expression . (object))]) @container
(variable_declarator name: (identifier) @name value: (satisfies_expression . (as_expression . (object)))) @container
(pair key: (property_identifier) @name value: [(as_expression . (object)) (satisfies_expression . (object))]) @container
(parenthesized_expression (as_expression)) @cast
(call_expression arguments: (arguments . [(arrow_function) (function_expression)])) @wrapped
(variable_declarator !value type: (_)) @declarator
(non_null_expression) @generic
(ambient_declaration (module name: (string) body: (_)) @augmented_module)

; What is done with what is used
(assignment_expression left: (non_null_expression [(identifier) (member_expression)] @write))
(augmented_assignment_expression left: (non_null_expression [(identifier) (member_expression)] @update))
(assignment_expression left: (parenthesized_expression (as_expression . [(identifier) (member_expression)] @write)))
(assignment_expression left: (subscript_expression object: (non_null_expression [(identifier) (member_expression)] @update)))
