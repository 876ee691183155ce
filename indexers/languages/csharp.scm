; Definitions
(class_declaration name: (identifier) @name) @def.class
(record_declaration name: (identifier) @name) @def.class
(struct_declaration name: (identifier) @name) @def.struct
(interface_declaration name: (identifier) @name) @def.interface
(enum_declaration name: (identifier) @name) @def.enum
(delegate_declaration name: (identifier) @name) @def.type
(_ body: [(declaration_list) (enum_member_declaration_list)] @body)
(method_declaration name: (identifier) @name) @def.method
(constructor_declaration name: (identifier) @name) @def.method
(local_function_statement name: (identifier) @name) @def.function
(_ body: [(block) (arrow_expression_clause)] @body)
(property_declaration name: (identifier) @name) @def.property
(property_declaration accessors: (_) @body)
(property_declaration value: (arrow_expression_clause) @body)
(event_declaration name: (identifier) @name accessors: (_) @body) @def.property
(indexer_declaration "this" @name) @def.property
(field_declaration (variable_declaration (variable_declarator name: (identifier) @variable))) @declaration
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @variable))) @declaration
(field_declaration (modifier "const") (variable_declaration (variable_declarator name: (identifier) @constant)))
(enum_member_declaration name: (identifier) @constant) @declaration
(record_declaration (parameter_list (parameter name: (identifier) @variable) @declaration @visible))
(_ (modifier "public")) @visible
(_ (modifier "internal")) @visible
(_ (modifier "protected")) @visible
(_ (explicit_interface_specifier)) @visible
(_ (modifier "private")) @private
(comment) @comment

; Local names
[(lambda_expression) (anonymous_method_expression) (operator_declaration) (conversion_operator_declaration)
 (destructor_declaration) (accessor_declaration) (query_expression)] @scope
[(for_statement) (foreach_statement) (catch_clause) (using_statement) (switch_section) (switch_expression_arm)] @block
(block (block) @block)
(_ consequence: (block) @block)
(_ alternative: (block) @block)
(while_statement body: (block) @block)
(do_statement body: (block) @block)
(try_statement body: (block) @block)
(type_parameter name: (identifier) @local)
(parameter name: (identifier) @local)
(parameter_list name: (identifier) @local)
(implicit_parameter) @local
(local_declaration_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(for_statement initializer: (variable_declaration (variable_declarator name: (identifier) @local)))
(using_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(fixed_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(foreach_statement left: (identifier) @local)
(foreach_statement left: (tuple_pattern name: (identifier) @local))
(catch_declaration name: (identifier) @local)
(declaration_pattern name: (identifier) @local)
(recursive_pattern name: (identifier) @local)
(var_pattern name: (identifier) @local)
(declaration_expression name: (identifier) @local)
(parenthesized_variable_designation name: (identifier) @local)
(tuple_element name: (identifier) @local)
(from_clause name: (identifier) @local)
(let_clause . (identifier) @local)
(join_clause . (identifier) @local)
(join_into_clause (identifier) @local)

; Uses
(identifier) @id
(_ type: (_) @type)
(_ returns: (_) @type)
(as_expression right: (_) @type)
[(type_argument_list) (type_parameter_constraint) (explicit_interface_specifier)] @type
[(member_access_expression) (conditional_access_expression) (qualified_name) (alias_qualified_name)] @member
(generic_name) @generic
(invocation_expression function: (_) @call)
(object_creation_expression type: (_) @call)
(base_list [(identifier) (qualified_name) (generic_name)] @inherit)
(base_list [(qualified_name) (generic_name)] @type)
(base_list (primary_constructor_base_type . (_) @inherit))
(attribute name: (_) @decorate)
(argument name: (identifier) @skip)
(attribute_argument name: (identifier) @skip)
(labeled_statement . (identifier) @skip)
(goto_statement (identifier) @skip)
(type_parameter_constraints_clause . (identifier) @skip)
(preproc_if condition: (_) @opaque)
(preproc_elif condition: (_) @opaque)
(object_creation_expression initializer: (_)) @initialised
(object_creation_expression initializer: (initializer_expression (assignment_expression left: (identifier) @skip)))
(tuple_element name: (identifier) @skip)
(member_binding_expression name: (identifier) @skip)
(with_expression . (_) (with_initializer . (identifier) @skip)) @changed

; Package, imports and types of names: read by csharp.py
(namespace_declaration name: (_) @package @opaque)
(file_scoped_namespace_declaration name: (_) @package @opaque)
(using_directive) @opaque @using
(extern_alias_directive) @opaque
(variable_declaration) @declared
[(parameter) (property_declaration) (catch_declaration) (declaration_pattern) (recursive_pattern)
 (declaration_expression)] @typed
(foreach_statement left: (identifier)) @each
(parameter (modifier)) @extends
(method_declaration returns: (_) @returns)
(local_function_statement type: (_) @returns)

; What is done with what is used
(assignment_expression left: [(identifier) (member_access_expression)] @update)
(assignment_expression left: [(identifier) (member_access_expression)] @write operator: "=")
(assignment_expression left: (element_access_expression expression: [(identifier) (member_access_expression)] @update))
(assignment_expression left: (member_access_expression expression: [(identifier) (member_access_expression)] @either))
(assignment_expression left: (tuple_expression (argument [(identifier) (member_access_expression)] @write)))
(postfix_unary_expression [(identifier) (member_access_expression)] @update ["++" "--"])
(prefix_unary_expression ["++" "--"] [(identifier) (member_access_expression)] @update)
(postfix_unary_expression (element_access_expression expression: [(identifier) (member_access_expression)] @update) ["++" "--"])
(argument "out" [(identifier) (member_access_expression)] @write)
(argument "ref" [(identifier) (member_access_expression)] @either)
(ref_expression [(identifier) (member_access_expression)] @either)

; What is no use
(string_literal_content) @text
