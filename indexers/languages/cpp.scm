; What C++ has beyond C. Its grammar names no supertypes: declared names are left out one by one.
(class_specifier name: [(type_identifier) @name (template_type name: (_) @name)] body: (_) @body) @def.class
(class_specifier name: (qualified_identifier) @name body: (_) @body) @def.class
(struct_specifier name: (qualified_identifier) @name body: (_) @body) @def.struct
(struct_specifier name: (template_type name: (type_identifier) @name) body: (_) @body) @def.struct
(namespace_definition) @def.namespace
(namespace_definition name: (_) @name)
(namespace_definition body: (_) @body)
(alias_declaration name: (type_identifier) @name) @def.type
(alias_declaration) @alias
(concept_definition name: (identifier) @name) @def.type
(template_declaration) @outer
(function_definition declarator: (function_declarator declarator: [
  (field_identifier) (qualified_identifier) (destructor_name) (operator_name)] @name))
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: [
  (field_identifier) (qualified_identifier) (operator_name)] @name)))
(function_definition declarator: (reference_declarator (function_declarator declarator: [
  (identifier) (field_identifier) (qualified_identifier) (operator_name)] @name)))
(function_definition (field_initializer_list) @body)
(lambda_expression) @scope
(translation_unit (compound_statement) @scope)
(declaration_list (compound_statement) @scope)
[(optional_parameter_declaration) (variadic_parameter_declaration)] @parameter
(for_range_loop declarator: (_)) @declared
(structured_binding_declarator (identifier) @local)
(type_parameter_declaration (type_identifier) @local)
(variadic_type_parameter_declaration (type_identifier) @local)
(optional_type_parameter_declaration name: (type_identifier) @local)
(template_parameter_list (parameter_declaration declarator: (identifier) @local))
(template_parameter_list (optional_parameter_declaration declarator: (identifier) @local))
(_ type: (placeholder_type_specifier) declarator: (init_declarator value: (_)) @built)
(for_range_loop type: (placeholder_type_specifier)) @ranged
(namespace_definition "inline") @inline
(access_specifier) @access

; Uses
(identifier) @id
(declaration declarator: (identifier) @skip)
(parameter_declaration declarator: (identifier) @skip)
(optional_parameter_declaration declarator: (identifier) @skip)
(init_declarator declarator: (identifier) @skip)
(pointer_declarator declarator: (identifier) @skip)
(array_declarator declarator: (identifier) @skip)
(reference_declarator (identifier) @skip)
(variadic_declarator (identifier) @skip)
(function_declarator declarator: (identifier) @skip)
(for_range_loop declarator: (identifier) @skip)
(destructor_name (identifier) @skip)
(preproc_params (identifier) @skip)
(attribute name: (identifier) @skip)
(preproc_ifdef name: (identifier) @skip)
(preproc_defined (identifier) @skip)
(qualified_identifier name: (template_type name: (type_identifier) @skip))
(qualified_identifier name: (template_function name: (identifier) @skip))
(qualified_identifier) @member
(_ type: (qualified_identifier) @type)
(call_expression function: (template_function name: (_) @call))
(new_expression type: [(type_identifier) @call (qualified_identifier) @call (template_type name: (_) @call)])
(base_class_clause [(type_identifier) @inherit (qualified_identifier) @inherit (template_type name: (_) @inherit)])
[(using_declaration) (namespace_alias_definition)] @opaque @using
(translation_unit) @unit
(field_expression argument: (parenthesized_expression) @wrapped)
(subscript_expression argument: (parenthesized_expression) @wrapped)
(template_method) @generic
(field_expression argument: (call_expression function: (template_function)) @cast)
(field_expression argument: (call_expression function: (qualified_identifier name: (template_function))) @cast)

; What is done with what is used
(assignment_expression left: (qualified_identifier) @update)
(assignment_expression left: (qualified_identifier) @write operator: "=")
(update_expression argument: (qualified_identifier) @update)
(pointer_expression operator: "&" argument: (qualified_identifier) @either)
(field_initializer . (field_identifier)) @initialised
(argument_list [(identifier) (field_expression) (qualified_identifier)] @either)
(binary_expression operator: ">>" right: [(identifier) (field_expression) (qualified_identifier)] @either)
(init_declarator declarator: (reference_declarator) value: [(identifier) (field_expression) (qualified_identifier)] @either)
(for_range_loop declarator: (reference_declarator) right: [(identifier) (field_expression) (qualified_identifier)] @either)
(return_statement [(identifier) (field_expression) (qualified_identifier)] @either)

; What is no use
(raw_string_content) @text
