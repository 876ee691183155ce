; Definitions
(declarations (signature name: [(variable) @name (prefix_id (operator) @name)]) @def.function)
(declarations (signature names: (binding_list . [(variable) @name (prefix_id (operator) @name)])) @def.function)
(class_declarations (signature name: [(variable) @name (prefix_id (operator) @name)]) @def.method)
(function name: [(variable) @name (prefix_id (operator) @name)]) @def.function
(function (infix operator: (operator) @name)) @def.function
(function (infix operator: (infix_id (variable) @name))) @def.function
(pattern_synonym (equation synonym: (_ function: (constructor) @constant))) @declaration
(function match: (_) @body)
(declarations (bind name: (_) @name match: (_) @body) @def.function)
(instance_declarations (bind name: (_) @name match: (_) @body) @def.function)
(class_declarations (bind name: (_) @name match: (_) @body) @def.function)
(data_type name: (_) @name) @def.class
(data_type constructors: (_) @body)
(newtype name: (_) @name) @def.class
(newtype constructor: (_) @body)
(type_synonym name: (_) @name) @def.type
(type_family name: (_) @name) @def.type
(data_family name: (_) @name) @def.type
(class name: (_) @name declarations: (_) @body) @def.trait
(class name: (_) @name !declarations) @def.trait
(instance name: (_) @name) @container @instance
(instance declarations: (_) @body)
(data_constructor constructor: (_ name: (constructor) @constant)) @declaration
(newtype_constructor name: (constructor) @constant) @declaration
(gadt_constructor name: (constructor) @constant) @declaration
(field name: (field_name (variable) @variable)) @declaration
(foreign_import signature: (signature name: (variable) @variable)) @declaration
[(comment) (haddock)] @comment

; Local names
[(lambda) (let_in)] @scope
[(alternative) (do)] @block
(pattern/variable) @local
(as bind: (variable) @local)
(field_pattern (field_name (variable) @local) !pattern)
(local_binds (bind name: (variable) @local))
(implicit_variable) @skip
(signature name: (variable) @skip)

; Uses
(expression/variable) @id
(expression/constructor) @id
(pattern/constructor) @id
(type/name) @id.type
(constraint/name) @id.type
(record constructor: (constructor) @id)
(field_update field: (field_name (variable) @id))
(infix_id (variable) @id @call)
(infix_id (constructor) @id)
(apply function: (variable) @call)
(apply function: (constructor) @call)
(apply function: (qualified) @applied)
(deriving classes: (name) @inherit)
(deriving classes: (_ (name) @inherit))
(deriving_instance name: (name) @inherit)
(qualified) @qualified

; Module and imports: read by haskell.py
(header module: (module) @package)
(header) @opaque
(export) @listed
(import) @opaque @import
