; What only TSX has: attributes of elements are members of what the component takes.
(jsx_attribute (property_identifier)) @given
