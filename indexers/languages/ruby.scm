; Definitions
(module name: (_) @name) @def.module
(class name: (_) @name) @def.class
(method name: (_) @name) @def.function
(singleton_method object: [(self) (constant) (identifier)] name: (_) @name) @def.function
(singleton_method object: (constant) @owner)
(module body: (_) @body)
(class body: (_) @body)
(method body: (_) @body)
(singleton_method body: (_) @body)
(assignment left: (constant) @name right: (call receiver: (_) block: (_) @body)) @def.class
(assignment left: (constant) @constant) @declaration
(singleton_class) @singleton
(comment) @comment

; Local names
[(block) (do_block) (lambda)] @scope
(method_parameters (identifier) @local)
(block_parameters (identifier) @local)
(block_parameters locals: (identifier) @local)
(lambda_parameters (identifier) @local)
(destructured_parameter (identifier) @local)
(optional_parameter name: (identifier) @local)
(splat_parameter name: (identifier) @local)
(hash_splat_parameter name: (identifier) @local)
(keyword_parameter name: (identifier) @local)
(block_parameter name: (identifier) @local)
(assignment left: (identifier) @local)
(operator_assignment left: (identifier) @local)
(left_assignment_list (identifier) @local)
(destructured_left_assignment (identifier) @local)
(rest_assignment (identifier) @local)
(exception_variable (identifier) @local)
(for pattern: (identifier) @local)
(as_pattern name: (identifier) @local)
(array_pattern (identifier) @local)
(keyword_pattern value: (identifier) @local)
(keyword_pattern key: (hash_key_symbol) @local)

; Uses
(identifier) @id
(constant) @id
[(instance_variable) (class_variable) (global_variable)] @id
(call method: [(identifier) (constant)]) @invocation
(scope_resolution) @member
(superclass [(constant) (scope_resolution)] @inherit)
(setter (identifier) @skip)
(alias (_) @skip)
(undef (_) @skip)

; What messages declare, and what is assigned: read by ruby.py
(body_statement (identifier) @visibility)
(call !receiver method: (identifier) arguments: (argument_list)) @sent
(alias) @alias
(assignment left: [(identifier) (instance_variable) (class_variable)]) @assigned
(operator_assignment left: [(instance_variable) (class_variable)]) @assigned

; What is done with what is used
(assignment left: [(instance_variable) (class_variable) (global_variable) (constant)] @write)
(operator_assignment left: [(instance_variable) (class_variable) (global_variable) (constant)] @update)
(left_assignment_list [(instance_variable) (class_variable) (global_variable)] @write)
(assignment left: (call method: (identifier) @write))
(operator_assignment left: (call method: (identifier) @update))
(left_assignment_list (call method: (identifier) @write))
(assignment left: (element_reference object: [(instance_variable) (class_variable) (global_variable) (constant)] @update))
(operator_assignment left: (element_reference object: [(instance_variable) (class_variable) (global_variable) (constant)] @update))
(assignment left: (element_reference object: (call method: (identifier) @update)))

; What is no use
(string_content) @text
