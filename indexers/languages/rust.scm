; Definitions
(function_item name: (identifier) @name) @def.function
(function_item body: (block) @body)
(function_signature_item name: (identifier) @name) @def.function
(struct_item name: (type_identifier) @name) @def.struct
(struct_item body: (field_declaration_list) @body)
(union_item name: (type_identifier) @name body: (_) @body) @def.struct
(enum_item name: (type_identifier) @name body: (_) @body) @def.enum
(trait_item name: (type_identifier) @name) @def.trait
(trait_item body: (_) @body)
(impl_item body: (_) @body) @container @impl
(impl_item type: [
  (type_identifier) @name
  (primitive_type) @name
  (generic_type type: (type_identifier) @name)
  (generic_type type: (scoped_type_identifier name: (type_identifier) @name))
  (scoped_type_identifier name: (type_identifier) @name)
  (reference_type type: (type_identifier) @name)
  (reference_type type: (generic_type type: (type_identifier) @name))])
(mod_item name: (identifier) @name body: (declaration_list) @body) @def.module
(macro_definition name: (identifier) @name) @def.macro
(type_item name: (type_identifier) @name) @def.type
(associated_type name: (type_identifier) @name) @def.type
(struct_item body: (field_declaration_list
  (field_declaration name: (field_identifier) @variable) @declaration @typed))
(union_item body: (field_declaration_list
  (field_declaration name: (field_identifier) @variable) @declaration @typed))
(enum_variant name: (identifier) @constant) @declaration
(const_item name: (identifier) @constant) @declaration
(static_item name: (identifier) @variable) @declaration
(attribute_item) @attribute
[(line_comment) (block_comment)] @comment

; Local names
(closure_expression) @scope
[(match_arm) (if_expression) (while_expression) (for_expression) (loop_expression)] @block
[(expression_statement (block) @block) (let_declaration value: (block) @block)]
(type_parameter name: (type_identifier) @local)
(const_parameter name: (identifier) @local)
(parameter pattern: (identifier) @local)
(closure_parameters (identifier) @local)
(let_declaration pattern: (identifier) @local)
(let_condition pattern: (identifier) @local)
(for_expression pattern: (identifier) @local)
(tuple_pattern (identifier) @pattern)
(slice_pattern (identifier) @pattern)
(tuple_struct_pattern type: (_) (identifier) @pattern)
(match_pattern . (identifier) @pattern)
(or_pattern (identifier) @pattern)
(field_pattern pattern: (identifier) @pattern)
(ref_pattern (identifier) @local)
(mut_pattern (identifier) @local)
(reference_pattern (identifier) @pattern)
(captured_pattern . (identifier) @local)
(shorthand_field_identifier) @local

; Uses
(identifier) @id
(type_identifier) @id.type
[(field_expression) (scoped_identifier)] @member
(scoped_type_identifier) @member @type
(call_expression function: (_) @call)
(index_expression . (_) @indexed)
(call_expression function: (generic_function function: (_) @call))
(macro_invocation macro: (_) @call)
(impl_item trait: [
  (type_identifier) @inherit (scoped_type_identifier) @inherit (generic_type type: (_) @inherit)])
(trait_item bounds: (trait_bounds [
  (type_identifier) @inherit (scoped_type_identifier) @inherit (generic_type type: (_) @inherit)]))
(lifetime (identifier) @skip)
(label (identifier) @skip)
(type_binding name: (type_identifier) @skip)
(token_tree "." . (identifier) @skip)
(token_tree "::" . (identifier) @skip)
(token_tree (identifier) @skip . ":")
(token_tree (identifier) @call . (token_tree . "("))
(token_tree "." . (identifier) @in_macro . (token_tree . "("))
(token_tree "::" . (identifier) @in_macro . (token_tree . "("))
(macro_rule) @opaque
[(attribute_item) (inner_attribute_item)] @opaque

; Imports and types of names: read by rust.py
(use_declaration) @opaque @use
(extern_crate_declaration) @opaque @extern
(mod_item !body) @opaque @mod
(self_parameter) @receiver
(parameter pattern: (identifier)) @typed
(const_item) @typed
(static_item) @typed
(let_declaration pattern: (identifier) type: (_)) @typed
[(let_declaration !type) (let_condition)] @built
(for_expression) @looped
(match_expression) @matched
(closure_parameters) @closed
[(type_parameter) (where_predicate)] @bound
(enum_variant body: (ordered_field_declaration_list)) @payload
(function_item return_type: (_) @returns)
(function_signature_item return_type: (_) @returns)

; What is done with what is used
(assignment_expression left: [(identifier) (field_expression) (scoped_identifier)] @write)
(compound_assignment_expr left: [(identifier) (field_expression) (scoped_identifier)] @update)
(assignment_expression left: (index_expression . [(identifier) (field_expression) (scoped_identifier)] @update))
(compound_assignment_expr left: (index_expression . [(identifier) (field_expression) (scoped_identifier)] @update))
(assignment_expression left: (field_expression value: [(identifier) (field_expression)] @either))
(compound_assignment_expr left: (field_expression value: [(identifier) (field_expression)] @either))
(assignment_expression left: (field_expression value: (field_expression value: (field_expression) @either)))
(assignment_expression left: (tuple_expression [(identifier) (field_expression)] @write))
(reference_expression (mutable_specifier) value: [(identifier) (field_expression) (scoped_identifier)] @either)
(reference_expression (mutable_specifier) value: (index_expression . [(identifier) (field_expression)] @either))
(token_tree (identifier) @either)
(struct_expression body: (field_initializer_list [(field_initializer) (shorthand_field_initializer)])) @fields
(struct_pattern (field_pattern)) @fields

; What is no use
(string_content) @text
(token_tree (identifier) @unproven)
(shorthand_field_initializer (identifier) @unproven)
(shorthand_field_identifier) @unproven
[(let_declaration) (closure_parameters) (match_pattern)] @binds
[(block) (closure_expression) (match_arm)] @region
