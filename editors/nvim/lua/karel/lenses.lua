--- Code lenses: Neovim 0.11 draws them when asked, 0.12 keeps them up to date by itself.
local M = {}

--- Draws the lenses of a buffer again. Neovim 0.11 takes those of a line away when one of them is run.
---@param bufnr integer
function M.redraw(bufnr)
  if not vim.lsp.codelens.enable and vim.g.karel_codelens ~= false and vim.api.nvim_buf_is_loaded(bufnr) then
    vim.lsp.codelens.refresh({ bufnr = bufnr })
  end
end

--- For the server's request to ask again.
---@param client_id integer
function M.refresh(client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  for bufnr in pairs(client and client.attached_buffers or {}) do
    M.redraw(bufnr)
  end
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  if vim.g.karel_codelens == false or not client:supports_method('textDocument/codeLens', bufnr) then
    return
  end
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = bufnr })
    return
  end
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged', 'BufWritePost' }, {
    group = vim.api.nvim_create_augroup('karel.lenses.' .. bufnr, {}),
    buffer = bufnr,
    desc = 'Refresh the Karel code lenses',
    callback = function()
      M.redraw(bufnr)
    end,
  })
  M.redraw(bufnr)
end

--- Lines of the buffer's lenses that can be run, 1-based.
---@return integer[]
local function lines()
  -- Neovim 0.12 takes a filter, and says with each whose it is.
  local found = vim.lsp.codelens.get(vim.lsp.codelens.enable and { bufnr = 0 } or 0)
  return vim.iter(found):map(function(entry)
    local lens = entry.lens or entry
    return lens.command and lens.range.start.line + 1 or nil
  end):totable()
end

--- Runs the lens of the line, or the nearest above it.
function M.run()
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local nearest
  for _, at in ipairs(lines()) do
    if at <= line and (not nearest or at > nearest) then
      nearest = at
    end
  end
  if not nearest then
    require('karel.say').say('No lens at or above this line.')
    return
  end
  if nearest ~= line then
    vim.cmd("normal! m'")
    vim.api.nvim_win_set_cursor(0, { nearest, 0 })
  end
  vim.lsp.codelens.run()
end

return M
