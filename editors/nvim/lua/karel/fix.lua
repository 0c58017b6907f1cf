--- `:KarelFix`: the quick fixes of all that is marked on the line, wherever the cursor is on it.
local say = require('karel.say').say

local M = {}

function M.fix()
  local client = require('karel.client').of(0)
  if not client then
    return
  end
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local namespace = vim.lsp.diagnostic.get_namespace(client.id)
  local marked = vim.diagnostic.get(0, { namespace = namespace, lnum = line - 1 })
  if #marked == 0 then
    say('Nothing is marked on this line: ]d goes to the next.')
    return
  end
  local diagnostics = vim.tbl_map(function(diagnostic)
    return diagnostic.user_data.lsp
  end, marked)
  vim.lsp.buf.code_action({
    context = { only = { 'quickfix' }, diagnostics = diagnostics },
    range = { start = { line, 0 }, ['end'] = { line, #vim.fn.getline(line) } },
    -- One fix needs no choice.
    apply = true,
  })
end

return M
