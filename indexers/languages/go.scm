; Definitions
(function_declaration name: (identifier) @name) @def.function
(function_declaration body: (block) @body)
(method_declaration name: (field_identifier) @name) @def.method
(method_declaration body: (block) @body)
(method_declaration receiver: (parameter_list (parameter_declaration type: [
  (type_identifier) @owner
  (pointer_type (type_identifier) @owner)
  (generic_type type: (type_identifier) @owner)
  (pointer_type (generic_type type: (type_identifier) @owner))])))
(type_declaration "type" . (type_spec name: (_) @name type: (struct_type (field_declaration_list) @body))) @def.struct
(type_declaration "type" . (type_spec name: (_) @name type: (interface_type "{" @body))) @def.interface
(type_declaration "type" . (type_spec name: (_) @name type: [
  (type_identifier) (qualified_type) (generic_type) (pointer_type) (slice_type) (array_type) (map_type)
  (channel_type) (function_type) (parenthesized_type)])) @def.type
(type_declaration "type" . (type_alias name: (_) @name) @underlying) @def.type
(type_declaration "(" (type_spec name: (_) @name type: (struct_type (field_declaration_list) @body)) @def.struct)
(type_declaration "(" (type_spec name: (_) @name type: (interface_type "{" @body)) @def.interface)
(type_declaration "(" (type_spec name: (_) @name type: [
  (type_identifier) (qualified_type) (generic_type) (pointer_type) (slice_type) (array_type) (map_type)
  (channel_type) (function_type) (parenthesized_type)]) @def.type)
(type_declaration "(" (type_alias name: (_) @name) @underlying @def.type)
(type_spec name: (_) type: [
  (type_identifier) (qualified_type) (generic_type) (pointer_type) (slice_type) (array_type) (map_type)
  (channel_type) (function_type)]) @underlying
(type_spec type: (struct_type (field_declaration_list (field_declaration !name type: (_)) @embedded)))
(method_elem name: (field_identifier) @name) @def.method
(type_spec type: (struct_type (field_declaration_list
  (field_declaration (field_identifier) @variable) @declaration)))
(const_spec (identifier) @constant)
(var_spec (identifier) @variable)
(const_declaration "const" . (const_spec)) @declaration
(const_declaration "(" (const_spec) @declaration)
(var_declaration "var" . (var_spec)) @declaration
(var_spec_list (var_spec) @declaration)
(comment) @comment

; Local names
[(func_literal) (function_type)] @scope
[(for_statement) (expression_case) (default_case) (type_case) (communication_case)] @block
[(expression_switch_statement initializer: (_)) (type_switch_statement)] @block
(if_statement initializer: (_)) @block
(if_statement consequence: (block (statement_list [(short_var_declaration) (var_declaration)])) @block)
(if_statement alternative: (block (statement_list [(short_var_declaration) (var_declaration)])) @block)
(statement_list (block) @block)
(parameter_declaration (identifier) @local)
(variadic_parameter_declaration (identifier) @local)
(type_parameter_declaration (identifier) @local) @type_parameter
(method_declaration receiver: (parameter_list (parameter_declaration
  type: (_ (type_arguments (type_elem (type_identifier) @local))))))
(method_declaration receiver: (parameter_list (parameter_declaration
  type: (pointer_type (generic_type (type_arguments (type_elem (type_identifier) @local)))))))
(short_var_declaration left: (expression_list (identifier) @local))
(range_clause left: (expression_list (identifier) @local) ":=")
(receive_statement left: (expression_list (identifier) @local) ":=")
(type_switch_statement alias: (expression_list (identifier) @local))

; Uses
(_expression/identifier) @id
(type_identifier) @id.type
(selector_expression) @member
(qualified_type) @member @type
(call_expression function: (_) @call)
(type_conversion_expression type: (generic_type type: (_) @call))
(struct_type (field_declaration_list (field_declaration !name type: [
  (type_identifier) @inherit (qualified_type) @inherit (generic_type type: (_) @inherit)])))
(interface_type (type_elem . [
  (type_identifier) @inherit (qualified_type) @inherit (generic_type type: (_) @inherit)] .))
(index_expression operand: (_) @indexed)
(composite_literal type: [(type_identifier) (qualified_type) (generic_type)]
  body: (literal_value (keyed_element key: (literal_element (identifier) @skip @key))))
(literal_element (literal_value (keyed_element key: (literal_element (identifier) @skip @key))))

; Package, imports and types of names: read by go.py
(package_clause (package_identifier) @package)
(import_spec) @opaque @import
(method_declaration receiver: (parameter_list (parameter_declaration name: (_)) @receiver))
(_ parameters: (parameter_list [(parameter_declaration name: (_)) (variadic_parameter_declaration)] @parameter))
(_ result: (parameter_list (parameter_declaration name: (_)) @parameter))
(field_declaration name: (_)) @typed
(var_spec type: (_)) @typed
(var_spec !type value: (_)) @built
(short_var_declaration right: (expression_list . [
  (call_expression) (type_conversion_expression) (composite_literal) (unary_expression) (type_assertion_expression)
  (selector_expression) (identifier) (index_expression) (slice_expression) (func_literal)])) @built
(receive_statement left: (expression_list (identifier)) ":=") @built
(range_clause left: (_) ":=") @ranged
(type_switch_statement alias: (_) [(type_case) (default_case)] @case)
(function_declaration result: (_) @returns)
(method_declaration result: (_) @returns)
(method_elem result: (_) @returns)

; What is done with what is used
(assignment_statement left: (expression_list [(identifier) (selector_expression)] @update))
(assignment_statement left: (expression_list [(identifier) (selector_expression)] @write) operator: "=")
(assignment_statement left: (expression_list (index_expression operand: [(identifier) (selector_expression)] @update)))
(assignment_statement left: (expression_list (selector_expression operand: [(identifier) (selector_expression)] @either)))
(assignment_statement left: (expression_list (selector_expression operand: (selector_expression operand: [(identifier) (selector_expression)] @either))))
(assignment_statement left: (expression_list (selector_expression operand: (index_expression operand: [(identifier) (selector_expression)] @either))))
(inc_statement [(identifier) (selector_expression)] @update)
(dec_statement [(identifier) (selector_expression)] @update)
(inc_statement (index_expression operand: [(identifier) (selector_expression)] @update))
(dec_statement (index_expression operand: [(identifier) (selector_expression)] @update))
(inc_statement (selector_expression operand: [(identifier) (selector_expression)] @either))
(dec_statement (selector_expression operand: [(identifier) (selector_expression)] @either))
(range_clause left: (expression_list [(identifier) (selector_expression)] @write))
(receive_statement left: (expression_list [(identifier) (selector_expression)] @write))
(unary_expression operator: "&" operand: [(identifier) (selector_expression)] @either)
(unary_expression operator: "&" operand: (selector_expression operand: [(identifier) (selector_expression)] @either))
(unary_expression operator: "&" operand: (index_expression operand: [(identifier) (selector_expression)] @either))

; What is no use
[(interpreted_string_literal_content) (raw_string_literal_content)] @text
[(short_var_declaration) (var_declaration) (range_clause) (receive_statement)] @binds
[(block) (for_statement) (if_statement) (expression_switch_statement) (type_switch_statement) (expression_case)
 (default_case) (type_case) (communication_case)] @region
