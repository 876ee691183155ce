; Shared by C and C++. Names stand deep inside of declarators: c_family.py follows them.
(function_definition) @def.function
(function_definition body: (compound_statement) @body)
(function_definition declarator: (function_declarator declarator: (identifier) @name))
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name))))
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))))
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator
  (function_declarator declarator: (identifier) @name))))
(struct_specifier name: (type_identifier) @name body: (_) @body) @def.struct
(union_specifier name: (type_identifier) @name body: (_) @body) @def.struct
(enum_specifier name: (type_identifier) @name body: (_) @body) @def.enum
(type_definition
  type: [(struct_specifier !name body: (_) @body) (union_specifier !name body: (_) @body)]
  . declarator: (type_identifier) @name) @def.struct
(type_definition type: (enum_specifier !name body: (_) @body) . declarator: (type_identifier) @name) @def.enum
(preproc_function_def name: (identifier) @name value: (_)? @body) @def.macro
(preproc_def name: (identifier) @name value: (_)) @def.macro
(preproc_def name: (identifier) @skip !value) @flag
[(preproc_def value: (_) @macro_text) (preproc_function_def value: (_) @macro_text)]
(type_definition) @typedef
(enumerator name: (identifier) @skip) @enumerator
[(declaration) (field_declaration)] @declared
(ERROR (function_declarator declarator: (identifier)) @lost)
(parameter_declaration) @parameter
(comment) @comment

; Uses
[(struct_specifier) (union_specifier) (enum_specifier)] @tag
[(init_declarator value: (initializer_list)) (compound_literal_expression)] @designated
(type_identifier) @id.type
(type_definition declarator: (type_identifier) @skip)
(pointer_declarator declarator: (type_identifier) @skip)
(array_declarator declarator: (type_identifier) @skip)
(function_declarator declarator: (type_identifier) @skip)
(field_expression) @member
(call_expression function: (_) @call)
(subscript_expression argument: (_) @indexed)

(preproc_include path: (_) @include)
(function_definition type: (_) @returns)

; What is done with what is used
(assignment_expression left: [(identifier) (field_expression)] @update)
(assignment_expression left: [(identifier) (field_expression)] @write operator: "=")
(assignment_expression left: (subscript_expression argument: [(identifier) (field_expression)] @update))
(assignment_expression left: (field_expression argument: [(identifier) (field_expression)] @update operator: "."))
(assignment_expression left: (field_expression argument: (field_expression argument: [(identifier) (field_expression)] @update operator: ".") operator: "."))
(assignment_expression left: (field_expression argument: (subscript_expression argument: [(identifier) (field_expression)] @either)))
(assignment_expression left: (parenthesized_expression [(identifier) (field_expression)] @update))
(update_expression argument: [(identifier) (field_expression)] @update)
(update_expression argument: (subscript_expression argument: [(identifier) (field_expression)] @update))
(update_expression argument: (field_expression argument: [(identifier) (field_expression)] @update operator: "."))
(update_expression argument: (parenthesized_expression [(identifier) (field_expression)] @update))
(pointer_expression operator: "&" argument: [(identifier) (field_expression)] @either)
(pointer_expression operator: "&" argument: (subscript_expression argument: [(identifier) (field_expression)] @either))
(pointer_expression operator: "&" argument: (field_expression argument: [(identifier) (field_expression)] @either operator: "."))

; What is no use
(string_content) @text
(declaration) @binds
[(compound_statement) (for_statement) (if_statement) (while_statement) (case_statement)] @region
