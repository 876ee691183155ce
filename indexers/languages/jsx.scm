; Elements: a lower-case name is one of HTML, any other a component in use.
((jsx_opening_element name: (identifier) @id @call) (#not-match? @id "^[a-z]"))
((jsx_self_closing_element name: (identifier) @id @call) (#not-match? @id "^[a-z]"))
((jsx_closing_element name: (identifier) @id) (#not-match? @id "^[a-z]"))
(jsx_opening_element name: (member_expression) @call)
(jsx_self_closing_element name: (member_expression) @call)

