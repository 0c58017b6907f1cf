" Example blocks, for buffers without the tree-sitter parser.
if exists('b:current_syntax')
  finish
endif

syntax match karelComment /#.*/
syntax match karelExample /^\s*\%(example\|test\)\>/ nextgroup=karelName skipwhite
syntax match karelName /"[^"]*"/ contained nextgroup=karelCrashes skipwhite
syntax match karelCrashes /\<crashes\>/ contained
syntax match karelTrace /^\s*trace?\?\ze\s*:/
syntax keyword karelAction move turnLeft turnRight pickMarker putMarker
" Rows are deeper than the word above them; a # in them is a wall.
syntax region karelGrid matchgroup=karelSection start=/^\z(\s*\)\%(input\|output\)\s*:/ end=/^\ze\z1\S\|^\ze\S/ contains=KarelWall,KarelMarkers,KarelRobot,KarelEmpty
syntax match KarelEmpty /\%(^\|\s\)\zs\.\ze\%(\s\|$\)/ contained
syntax match KarelWall /\%(^\|\s\)\zs#\ze\%(\s\|$\)/ contained
syntax match KarelMarkers /\<[0-9]\>/ contained
syntax match KarelRobot /\%(^\|\s\)\zs[\^>v<↑→↓←]\d\?\ze\%(\s\|$\)/ contained

" Cells have their colours from `lua/karel/colours.lua`.
highlight default link karelComment Comment
highlight default link karelExample Keyword
highlight default link karelName String
highlight default link karelCrashes Special
highlight default link karelTrace Keyword
highlight default link karelSection Keyword
highlight default link karelAction Function

syntax sync fromstart
let b:current_syntax = 'karelgrid'
