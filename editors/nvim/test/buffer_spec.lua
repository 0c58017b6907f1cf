-- File types, options, indentation and colours, without a language server.

--- Types the text line by line as a user would, and returns what came of it.
local function typed(T, text)
  vim.g.karel_server = '/nowhere'
  T.open('.karel', {})
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes('i' .. text:gsub('\n', '<CR>'):gsub('<BS>', '<C-d>') .. '<Esc>', true, false, true), 'xt', false)
  return T.lines()
end

--- Syntax group at a place, 1-based, from the plain syntax files.
local function group(line, column)
  return vim.fn.synIDattr(vim.fn.synID(line, column, 1), 'name')
end

return {
  ['the file types are not those of another robot'] = function(T)
    T.equal(vim.filetype.match({ filename = 'a.karel' }), 'kareldsl')
    T.equal(vim.filetype.match({ filename = 'a.kgrid' }), 'karelgrid')
    T.equal(vim.treesitter.language.get_lang('kareldsl'), 'karel')
    T.equal(vim.treesitter.language.get_lang('karelgrid'), 'karel')
  end,

  ['options of both file types'] = function(T)
    vim.g.karel_server = '/nowhere'
    for _, ending in ipairs({ '.karel', '.kgrid' }) do
      T.open(ending, { '# text' })
      T.equal({ vim.bo.commentstring, vim.bo.shiftwidth, vim.bo.expandtab }, { '# %s', 4, true })
      T.equal({ vim.wo.foldmethod, vim.wo.foldlevel }, { 'indent', 99 })
    end
  end,

  ['typing indents bodies, and brings else back to its if'] = function(T)
    T.equal(
      typed(T, 'def main():\nwhile(frontIsClear()): # go\nif(markersPresent()):\npickMarker()\nelse:\nmove()\n<BS><BS>move()'),
      {
        'def main():',
        '    while(frontIsClear()): # go',
        '        if(markersPresent()):',
        '            pickMarker()',
        '        else:',
        '            move()',
        '    move()',
      }
    )
  end,

  ['typing brings output and trace back to input, and a # in a row opens nothing'] = function(T)
    T.equal(typed(T, 'example "a: b":\ninput:\n. # .\n> . #\noutput:\n. # .\n. . >\ntrace: move'), {
      'example "a: b":',
      '    input:',
      '        . # .',
      '        > . #',
      '    output:',
      '        . # .',
      '        . . >',
      '    trace: move',
    })
  end,

  ['a body on the same line opens nothing'] = function(T)
    T.equal(typed(T, 'def main(): move()\ndef b():'), { 'def main(): move()', 'def b():' })
  end,

  ['plain syntax: a # in a grid is a wall, elsewhere a comment'] = function(T)
    vim.g.karel_server = '/nowhere'
    T.open('.karel', {
      'example "a": # why',
      '    input:',
      '        . # >3',
      '    # after',
      'def main(): # go',
      '    ...',
    })
    vim.treesitter.stop()
    vim.bo.syntax = 'kareldsl'
    T.equal({ group(1, 1), group(1, 9), group(1, 14) }, { 'karelExample', 'karelName', 'karelComment' })
    T.equal({ group(2, 5), group(3, 11), group(3, 13) }, { 'karelSection', 'karelWall', 'karelRobot' })
    T.equal({ group(4, 5), group(5, 1), group(5, 5), group(5, 13) }, {
      'karelComment',
      'karelDefine',
      'karelProcedure',
      'karelComment',
    })
    T.equal(group(6, 5), 'karelHole')
  end,

  ['the example around a line, and none in a procedure'] = function(T)
    vim.g.karel_server = '/nowhere'
    T.open('.karel', { 'example "a":', '    input:', '        >', '', 'def main():', '    move()', 'test "b":' })
    local found = {}
    for line = 1, 7 do
      found[line] = require('karel').example_at(0, line) or '-'
    end
    T.equal(found, { 'a', 'a', 'a', 'a', '-', '-', 'b' })
  end,

  ['names of examples are completed'] = function(T)
    vim.g.karel_server = '/nowhere'
    T.open('.karel', { 'example "short row":', 'test "short col":', 'example "long":' })
    T.equal(vim.fn.getcompletion('KarelTrace short', 'cmdline'), { 'short row', 'short col' })
  end,

  ['progress is echoed on one line, and not at all if so wished'] = function(T)
    local shown, echo = {}, vim.api.nvim_echo
    vim.api.nvim_echo = function(chunks)
      shown[#shown + 1] = chunks[1][1]
    end
    local progress = require('karel.status').progress
    progress({ kind = 'begin', title = 'Synthesizing' })
    vim.g.karel_progress = nil
    progress({ kind = 'begin', title = 'Synthesizing', message = 'one\ntwo', percentage = 5 })
    progress({ kind = 'report', message = ('long '):rep(100) })
    progress({ kind = 'end', message = '2/2 examples' })
    vim.api.nvim_echo = echo
    vim.g.karel_progress = false
    T.equal(shown[1], 'Karel: Synthesizing: one two: 5%')
    assert(vim.fn.strdisplaywidth(shown[2]) < vim.o.columns, shown[2])
    T.equal({ shown[3], shown[4] }, { 'Karel: Synthesizing: 2/2 examples', nil })
  end,
}
