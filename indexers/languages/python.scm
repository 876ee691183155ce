; Definitions
(function_definition
  name: (identifier) @name
  body: (block) @body) @def.function
(class_definition
  name: (identifier) @name
  body: (block) @body) @def.class
(type_alias_statement left: (type [(identifier) @name (generic_type . (identifier) @name)])) @def.type
(decorated_definition) @outer
(assignment) @declaration
(assignment left: (identifier) @variable)
(assignment left: (pattern_list (identifier) @variable))
(assignment left: (tuple_pattern (identifier) @variable))
(assignment left: (pattern_list [(tuple_pattern (identifier) @variable) (list_splat_pattern (identifier) @variable)]))

; Documentation
(module . (comment)* . (expression_statement . (string) @doc.file))
(function_definition body: (block . (expression_statement . (string) @doc)))
(class_definition body: (block . (expression_statement . (string) @doc)))
(comment) @comment

; Local names
(lambda) @scope
[(list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @scope
(parameters (identifier) @local)
(lambda_parameters (identifier) @local)
(default_parameter name: (identifier) @local)
(typed_parameter . (identifier) @local)
(typed_default_parameter name: (identifier) @local)
(list_splat_pattern (identifier) @local)
(dictionary_splat_pattern (identifier) @local)
(pattern_list (identifier) @local)
(tuple_pattern (identifier) @local)
(list_pattern (identifier) @local)
(for_statement left: (identifier) @local)
(for_in_clause left: (identifier) @local)
(as_pattern_target (identifier) @local)
(as_pattern_target [(tuple (identifier) @local) (list (identifier) @local)])
(function_definition type_parameters: (type_parameter (type (identifier) @local.header)))
(class_definition type_parameters: (type_parameter (type (identifier) @local.header)))
(type_alias_statement left: (type (generic_type (type_parameter (type (identifier) @local)))))
(named_expression name: (identifier) @local)
(global_statement (identifier) @global)
(case_pattern (dotted_name . (identifier) @local .))
(case_pattern (as_pattern (identifier) @local))
(splat_pattern (identifier) @local)
(union_pattern (dotted_name . (identifier) @local .))

; Uses
(primary_expression/identifier) @id
(augmented_assignment left: (identifier) @id)
(global_statement (identifier) @id)
(generic_type (identifier) @id)
(splat_type (identifier) @id)
(attribute) @member
(case_pattern (dotted_name . (identifier) @id (identifier)) @member)
(class_pattern (dotted_name . (identifier) @id .))
(class_pattern (dotted_name . (identifier) @id (identifier)) @member)
(call function: (_) @call)
(subscript value: (_) @indexed
  subscript: [(identifier) (integer) (string) (attribute) (call) (subscript) (unary_operator) (binary_operator)])
(class_pattern (dotted_name) @call)
(class_definition superclasses: (argument_list [(identifier) (attribute)] @inherit))
(class_definition superclasses: (argument_list (subscript value: (_) @inherit)))
(decorator [(identifier) (attribute)] @decorate)
(decorator (call function: (_) @decorate))
(type) @type

; Imports, types of local names: read by python.py
[(import_statement) (import_from_statement) (future_import_statement)] @import
(if_statement condition: [(identifier) (attribute)]) @guard
[(typed_parameter) (typed_default_parameter)] @typed
(function_definition return_type: (type) @returns)
(augmented_assignment) @augmented
(assignment right: (call function: (_) @built))
(assignment right: (await (call function: (_) @built)))
(as_pattern (call) (as_pattern_target)) @as
(call arguments: (argument_list (keyword_argument))) @construction
(return_statement [(identifier) (attribute) (call) (await)]) @returned
(call arguments: (argument_list [(identifier) (attribute) (keyword_argument value: [(identifier) (attribute)])])) @handed
(default_parameter value: [(identifier) (attribute)]) @default
(decorated_definition) @decorated
(decorator (call arguments: (argument_list . [(list) (tuple)])) @received)
[(for_statement) (for_in_clause)] @looped
(call arguments: (argument_list . (string))) @named
(call arguments: (argument_list . [(identifier) (attribute)] . (string))) @named
(module (expression_statement (assignment right: [(string) (list) (tuple) (dictionary) (binary_operator)]) @setting))

; What is done with what is used
(assignment left: [(identifier) (attribute)] @write right: (_))
(assignment left: (attribute) @either !right)
(augmented_assignment left: [(identifier) (attribute)] @update)
(augmented_assignment left: (subscript value: [(identifier) (attribute)] @update))
(assignment left: (subscript value: [(identifier) (attribute)] @update))
(delete_statement [(identifier) (attribute)] @write)
(delete_statement (expression_list [(identifier) (attribute)] @write))
(delete_statement (subscript value: [(identifier) (attribute)] @update))
(delete_statement (expression_list (subscript value: [(identifier) (attribute)] @update)))
(global_statement (identifier) @either)
(pattern_list [(identifier) (attribute)] @write)
(tuple_pattern [(identifier) (attribute)] @write)
(list_pattern [(identifier) (attribute)] @write)
(list_splat_pattern [(identifier) (attribute)] @write)
[(pattern_list (subscript value: [(identifier) (attribute)] @update))
 (tuple_pattern (subscript value: [(identifier) (attribute)] @update))
 (list_pattern (subscript value: [(identifier) (attribute)] @update))]
(for_statement left: [(identifier) (attribute)] @write)
(as_pattern_target [(identifier) (attribute)] @write)

; What is no use
(string_content) @text
(keyword_argument name: (identifier) @label)
