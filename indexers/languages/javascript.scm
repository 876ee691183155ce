; What only JavaScript has.
(class_declaration name: (identifier) @name)
(field_definition property: [(property_identifier) (private_property_identifier)] @name) @def.field
(formal_parameters (identifier) @local)
(class_heritage [(identifier) (member_expression)] @inherit)
(class_heritage (call_expression function: (_) @inherit))
