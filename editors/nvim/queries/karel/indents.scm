; A line after one of these is deeper, also while the body is still to be written.
[
  (procedure)
  (while_statement)
  (repeat_statement)
  (if_statement)
  (else_clause)
  (stray_else)
  (unknown_statement)
  (example)
  (section)
  (unknown_section)
] @indent.begin

(else_clause "else" @indent.branch)

; rows are aligned by the formatter
(grid) @indent.auto
(comment) @indent.auto
