--- Options of a Karel buffer and its windows, and what the language server adds to them.
local M = {}

--- Whether the tree-sitter parser can be loaded.
---@return boolean
function M.has_parser()
  local ok, added = pcall(vim.treesitter.language.add, 'karel')
  return ok and added == true
end

local function fold_with(expression)
  if vim.g.karel_folds == false then
    return
  end
  vim.wo[0][0].foldmethod = 'expr'
  vim.wo[0][0].foldexpr = expression
  -- Everything open at first: a file of closed folds is no program to read.
  vim.wo[0][0].foldlevel = 99
end

--- Starts tree-sitter in a buffer that is shown in the current window.
---@param bufnr integer
function M.start_parser(bufnr)
  if M.has_parser() and pcall(vim.treesitter.start, bufnr, 'karel') then
    fold_with('v:lua.vim.treesitter.foldexpr()')
  end
end

--- For the ftplugins of both languages.
function M.setup()
  local bufnr = vim.api.nvim_get_current_buf()
  local options = vim.bo[bufnr]
  options.commentstring = '# %s'
  options.comments = ':#'
  options.expandtab = true
  options.shiftwidth = 4
  options.softtabstop = 4
  options.tabstop = 4
  options.indentexpr = "v:lua.require'karel.indent'.expr()"
  options.indentkeys = '!^F,o,O,<:>,0=else,0=output,0=trace'
  M.start_parser(bufnr)
  vim.b[bufnr].undo_ftplugin = table.concat({
    'setlocal commentstring< comments< expandtab< shiftwidth< softtabstop< tabstop< indentexpr< indentkeys<',
    'setlocal foldmethod< foldexpr< foldlevel<',
    'lua pcall(vim.treesitter.stop, 0)',
  }, ' | ')
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attached(client, bufnr)
  require('karel.lenses').attach(client, bufnr)
  if vim.g.karel_inlay_hints ~= false and client:supports_method('textDocument/inlayHint', bufnr) then
    vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  end
  -- Without the parser the server's folds do.
  if bufnr == vim.api.nvim_get_current_buf() and not M.has_parser() then
    if client:supports_method('textDocument/foldingRange', bufnr) then
      fold_with('v:lua.vim.lsp.foldexpr()')
    end
  end
end

return M
