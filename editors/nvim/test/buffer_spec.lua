-- File types, options, indentation and colours, without a language server.

--- Types the text line by line as a user would, and returns what came of it.
local function typed(T, text)
  vim.g.karel_server = '/nowhere'
  T.open('.karel', {})
  vim.api.nvim_feedkeys(
    vim.api.nvim_replace_termcodes('i' .. text:gsub('\n', '<CR>'):gsub('<BS>', '<C-d>') .. '<Esc>', true, false, true),
    'xt',
    false
  )
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
      typed(
        T,
        'def main():\nwhile(frontIsClear()): # go\nif(markersPresent()):\npickMarker()\nelse:\nmove()\n<BS><BS>move()'
      ),
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

  ['typing brings what stands at the margin there, and nothing that only begins so'] = function(T)
    T.equal(
      typed(T, 'example "a":\ninput:\n>\nexample "b":\ninput:\n>\ntest "c":\ninput:\n>\ndef main():\ndefend()\ntest()'),
      {
        'example "a":',
        '    input:',
        '        >',
        'example "b":',
        '    input:',
        '        >',
        'test "c":',
        '    input:',
        '        >',
        'def main():',
        '    defend()',
        '    test()',
      }
    )
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
    T.equal({ group(2, 5), group(3, 11), group(3, 13) }, { 'karelSection', 'KarelWall', 'KarelRobot' })
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
      found[line] = require('karel.trace').example_at(0, line) or '-'
    end
    T.equal(found, { 'a', 'a', 'a', 'a', '-', '-', 'b' })
  end,

  ['names of examples are completed'] = function(T)
    vim.g.karel_server = '/nowhere'
    T.open('.karel', { 'example "short row":', 'test "short col":', 'example "long":' })
    T.equal(vim.fn.getcompletion('KarelTrace short', 'cmdline'), { 'short row', 'short col' })
  end,

  ['the tags of the help are those of its text'] = function(T)
    local source = vim.fs.joinpath(require('karel.server').plugin_folder(), 'doc')
    local folder = vim.fn.tempname()
    vim.fn.mkdir(folder)
    vim.uv.fs_copyfile(source .. '/karel.txt', folder .. '/karel.txt')
    vim.cmd.helptags(folder)
    T.equal(vim.fn.readfile(source .. '/tags'), vim.fn.readfile(folder .. '/tags'))
  end,

  ['every command, option and key is in the help and in the README'] = function(T)
    local root = require('karel.server').plugin_folder()
    local function text(file)
      return table.concat(vim.fn.readfile(vim.fs.joinpath(root, file)), '\n')
    end
    local help, readme, missing = text('doc/karel.txt'), text('README.md'), {}
    for name in text('plugin/karel.lua'):gmatch("command%('(%w+)'") do
      if not help:find('*:' .. name .. '*', 1, true) or not readme:find(':' .. name, 1, true) then
        missing[#missing + 1] = name
      end
    end
    for file in vim.fs.dir(root .. '/lua/karel') do
      for option in text('lua/karel/' .. file):gmatch('vim%.g%.(karel_[%w_]+)') do
        if not help:find('*g:' .. option .. '*', 1, true) then
          missing[#missing + 1] = option
        end
      end
    end
    for _, key in ipairs(require('karel.keys').all) do
      if not help:find(('<Plug>(karel-%s)'):format(key.name), 1, true) or not help:find(key.keys[1], 1, true) then
        missing[#missing + 1] = key.name
      end
    end
    T.equal(missing, {})
  end,
}
