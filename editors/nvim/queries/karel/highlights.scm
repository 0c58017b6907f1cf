; The later of two patterns that match wins.

(comment) @spell
(comment) @comment

; ---- words

"def" @keyword.function
["while" "repeat"] @keyword.repeat
["if" "else"] @keyword.conditional
"not" @keyword.operator
"examples" @keyword.import
["example" "test" "crashes"] @keyword
["input" "output" "trace"] @label

(hole) @constant.builtin
(number) @number
(string) @string
(unquoted) @string

; ---- names

(procedure name: (identifier) @function)
(call name: (identifier) @function.call)
((call name: (identifier) @function.builtin)
  (#any-of? @function.builtin
    "move" "turnLeft" "turnRight" "pickMarker" "putMarker"
    "frontIsClear" "leftIsClear" "rightIsClear" "markersPresent" "noMarkersPresent"))
(actions (identifier) @function.builtin)

; ---- grids

(empty) @punctuation.delimiter.empty
(wall) @constant
(markers) @number
(robot) @character.special

; ---- punctuation

["(" ")"] @punctuation.bracket
[":" ";"] @punctuation.delimiter
(section "?" @punctuation.special)

; ---- mistakes

(unknown_statement keyword: (identifier) @error)
(unknown_section keyword: (identifier) @error)
(unknown_cell) @error
(unexpected) @error
