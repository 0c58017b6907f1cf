--- Options of a Karel buffer and its windows, and what the language server adds to them.
local M = {}

--- Whether the tree-sitter parser can be loaded.
---@return boolean
function M.has_parser()
  local ok, added = pcall(vim.treesitter.language.add, 'karel')
  return ok and added == true
end

---@param parsed boolean whether there is a tree to fold by
local function fold(parsed)
  if vim.g.karel_folds == false then
    return
  end
  -- Not by the server's ranges: Neovim 0.11 shows an error if the buffer goes away while it waits for them.
  vim.wo[0][0].foldmethod = parsed and 'expr' or 'indent'
  vim.wo[0][0].foldexpr = parsed and 'v:lua.vim.treesitter.foldexpr()' or '0'
  -- Everything open at first: a file of closed folds is no program to read.
  vim.wo[0][0].foldlevel = 99
end

--- Starts tree-sitter in a buffer that is shown in the current window, if the parser is there.
---@param bufnr integer
function M.start_parser(bufnr)
  fold(M.has_parser() and pcall(vim.treesitter.start, bufnr, 'karel'))
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
  require('karel.keys').map(bufnr)
  vim.b[bufnr].undo_ftplugin = table.concat({
    'setlocal commentstring< comments< expandtab< shiftwidth< softtabstop< tabstop< indentexpr< indentkeys<',
    'setlocal foldmethod< foldexpr< foldlevel<',
    "lua require('karel.buffer').leave(0)",
  }, ' | ')
end

--- For a buffer that is to be of another file type.
---@param bufnr integer
function M.leave(bufnr)
  pcall(vim.treesitter.stop, bufnr)
  require('karel.keys').unmap(bufnr)
end

--- Shows the messages beside the lines, where the user shows them in no way of their own.
---@param client vim.lsp.Client
local function show_messages(client)
  local shown = vim.diagnostic.config() or {}
  if vim.g.karel_messages == false or shown.virtual_text or shown.virtual_lines then
    return
  end
  vim.diagnostic.config({ virtual_text = { spacing = 2 } }, vim.lsp.diagnostic.get_namespace(client.id))
end

--- Has the windows of a buffer show the server's state, where the user has no status line.
---@param bufnr integer
local function show_status(bufnr)
  local statusline = require('karel.status').statusline()
  for _, window in ipairs(statusline and vim.fn.win_findbuf(bufnr) or {}) do
    vim.wo[window][0].statusline = statusline
  end
end

--- What a buffer gets when the language server is attached to it.
---@param client vim.lsp.Client
---@param bufnr integer
function M.attached(client, bufnr)
  require('karel.lenses').attach(client, bufnr)
  require('karel.completion').attach(client, bufnr)
  if vim.g.karel_inlay_hints ~= false and client:supports_method('textDocument/inlayHint', bufnr) then
    vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  end
  show_messages(client)
  show_status(bufnr)
  require('karel.status').publish()
end

return M
