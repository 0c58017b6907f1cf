(procedure body: (_) @function.inner) @function.outer

(call) @call.outer
(call arguments: (arguments) @call.inner)

[
  (while_statement body: (_) @loop.inner)
  (repeat_statement body: (_) @loop.inner)
] @loop.outer

[
  (if_statement body: (_) @conditional.inner)
  (else_clause body: (_) @conditional.inner)
] @conditional.outer

(example body: (_) @class.inner) @class.outer

(grid) @block.inner
(section) @block.outer

(actions (identifier) @parameter.inner)

(comment) @comment.outer
(number) @number.inner
