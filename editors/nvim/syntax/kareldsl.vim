" Programs and their example blocks, for buffers without the tree-sitter parser.
if exists('b:current_syntax')
  finish
endif

runtime! syntax/karelgrid.vim
unlet! b:current_syntax

syntax keyword karelDefine def nextgroup=karelProcedure skipwhite
syntax match karelProcedure /\h\w*/ contained
syntax keyword karelLoop while repeat
syntax keyword karelConditional if else
syntax keyword karelNot not
syntax keyword karelCondition frontIsClear leftIsClear rightIsClear markersPresent noMarkersPresent
syntax match karelHole /\.\.\.\|?/
syntax match karelCount /\<\d\+\>/
syntax match karelInclude /^\s*examples\>/ nextgroup=karelPath skipwhite
syntax match karelPath /"[^"]*"/ contained

highlight default link karelDefine Keyword
highlight default link karelProcedure Function
highlight default link karelLoop Repeat
highlight default link karelConditional Conditional
highlight default link karelNot Operator
highlight default link karelCondition Identifier
highlight default link karelHole Todo
highlight default link karelCount Number
highlight default link karelInclude Include
highlight default link karelPath String

let b:current_syntax = 'kareldsl'
