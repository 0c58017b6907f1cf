--- `:KarelFix`: the quick fixes of all that is marked on the line, wherever the cursor is on it.
local say = require('karel.say').say

local M = {}

--- Has Neovim apply the fix, if there is one or one is preferred; else it lets the user choose.
---@param fixes lsp.CodeAction[]
---@param options table as `vim.lsp.buf.code_action` takes them
local function choose(fixes, options)
  local preferred = vim.tbl_filter(function(fix)
    return fix.isPreferred
  end, fixes)
  if #preferred == 1 then
    options.filter = function(action)
      return action.title == preferred[1].title
    end
  end
  options.apply = true
  vim.lsp.buf.code_action(options)
end

function M.fix()
  local client = require('karel.client').of(0)
  if not client then
    return
  end
  local bufnr, line = vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)[1]
  local namespace = vim.lsp.diagnostic.get_namespace(client.id)
  local marked = vim.diagnostic.get(bufnr, { namespace = namespace, lnum = line - 1 })
  if #marked == 0 then
    say('Nothing is marked on this line: ]d goes to the next.')
    return
  end
  local diagnostics = vim.tbl_map(function(diagnostic)
    return diagnostic.user_data.lsp
  end, marked)
  local options = {
    context = { only = { 'quickfix' }, diagnostics = diagnostics },
    range = { start = { line, 0 }, ['end'] = { line, #vim.fn.getline(line) } },
  }
  local params =
    vim.lsp.util.make_given_range_params(options.range.start, options.range['end'], bufnr, client.offset_encoding)
  params.context = options.context
  client:request('textDocument/codeAction', params, function(failure, fixes)
    if failure then
      require('karel.client').tell(failure)
    elseif #(fixes or {}) == 0 then
      say('No fix is known for this line: :KarelExplain.')
    elseif vim.api.nvim_get_current_buf() == bufnr then
      choose(fixes, options)
    end
  end, bufnr)
end

return M
