[
  (procedure)
  (while_statement)
  (repeat_statement)
  (if_statement)
  (else_clause)
  (example)
  (section)
] @fold
