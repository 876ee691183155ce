; Elements. Names of components are uses, read by ecmascript.py; lower-case ones are of HTML.
(jsx_opening_element name: (identifier) @element @call)
(jsx_self_closing_element name: (identifier) @element @call)
(jsx_closing_element name: (identifier) @element)
(jsx_opening_element name: (member_expression) @call)
(jsx_self_closing_element name: (member_expression) @call)
(jsx_text) @text
