(source_file) @local.scope

(procedure name: (identifier) @local.definition.function)
(call name: (identifier) @local.reference)
