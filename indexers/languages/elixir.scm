; Which calls are definitions, and of what, is told by their first word: elixir.py
(call target: (identifier) (arguments)) @form
(unary_operator "@" operand: (call target: (identifier) @skip (arguments))) @form
(unary_operator "@" operand: (call target: (identifier) @skip))
(comment) @comment

; Uses
(call target: (identifier) @id)
(call target: (_) @call)
(binary_operator operator: "|>" right: (identifier) @id @call)
(dot right: (identifier)) @member
(alias) @member
(struct (alias)) @type
(unary_operator "@" operand: (identifier)) @id
(unary_operator "&" operand: (binary_operator left: (identifier) @id @call right: (integer)))
(unary_operator "&" operand: (binary_operator left: (call target: (dot) @call) right: (integer)))
