(procedure name: (identifier) @name) @definition.function

(example name: (string) @name) @definition.test

(call name: (identifier) @name) @reference.call
