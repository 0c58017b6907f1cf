-- The tree-sitter parser: compiled by the plugin from the grammar beside it, with the plugin's copies of the queries.
local install = require('karel.install')

local program = {
  '# Clears the row.',
  'def main():',
  '    while(frontIsClear()):',
  '        pickMarker()',
  'example "a":',
  '    input:',
  '        . # >3',
}

--- The capture that colours a place, 1-based: the last one there; `spell` has no colour.
local function colour(line, column)
  local last = 'none'
  for _, capture in ipairs(vim.treesitter.get_captures_at_pos(0, line - 1, column - 1)) do
    last = capture.capture == 'spell' and last or capture.capture
  end
  return last
end

--- Installs into the test's own data folder, away from the plugin that may be in use.
local function installed(T)
  if not install.compiler() then
    T.skip('there is no C compiler')
  end
  local path, problem
  local folder = vim.fs.joinpath(vim.fn.stdpath('data'), 'site', 'parser')
  vim.fn.mkdir(folder, 'p')
  install.install(nil, function(...)
    path, problem = ...
  end, folder)
  T.wait('the compiler', function()
    return path or problem
  end)
  assert(path, problem)
  return path
end

return {
  ['a folder without a grammar is refused with what to do'] = function(T)
    vim.cmd.KarelInstallParser('/nowhere')
    T.equal(
      T.messages,
      { "There is no parser.c in '/nowhere/src': name the folder of the grammar (:KarelInstallParser FOLDER)." }
    )
  end,

  ['it compiles, starts in open buffers, and its queries fit'] = function(T)
    vim.g.karel_server = '/nowhere'
    T.open('.karel', program)
    local path = installed(T)
    T.equal(vim.fn.fnamemodify(path, ':t:r'), 'karel')
    assert(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], 'the highlighter is not active')
    vim.treesitter.get_parser():parse()
    local found = {}
    for name, place in pairs({
      comment = { 1, 3 },
      keyword = { 2, 1 },
      loop = { 3, 5 },
      wall = { 7, 11 },
      robot = { 7, 13 },
    }) do
      found[name] = colour(unpack(place))
    end
    T.equal(found, {
      comment = 'comment',
      keyword = 'keyword.function',
      loop = 'keyword.repeat',
      wall = 'constant',
      robot = 'character.special',
    })
    for _, name in ipairs({ 'highlights', 'folds', 'indents', 'locals', 'injections', 'textobjects' }) do
      assert(vim.treesitter.query.get('karel', name), 'no query ' .. name)
    end
    -- Another file type takes it off.
    vim.bo.filetype = 'text'
    T.equal(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], nil)
  end,

  ['its blocks fold, and are open at first'] = function(T)
    vim.g.karel_server = '/nowhere'
    installed(T)
    T.open('.karel', program)
    T.wait('folds', function()
      return vim.fn.foldlevel(3) == 2
    end)
    T.equal({ vim.fn.foldlevel(2), vim.fn.foldlevel(4), vim.fn.foldlevel(7) }, { 1, 2, 2 })
    T.equal(vim.fn.foldclosed(3), -1)
  end,
}
