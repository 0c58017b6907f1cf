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

--- The buffer's lenses that can be run.
---@return lsp.CodeLens[]
local function all()
  -- Neovim 0.12 takes a filter, and says with each whose it is.
  local found = vim.lsp.codelens.get(vim.lsp.codelens.enable and { bufnr = 0 } or 0)
  local entries = {}
  for _, entry in ipairs(found) do
    local lens = entry.lens or entry
    if lens.command and lens.command.command ~= '' then
      entries[#entries + 1] = lens
    end
  end
  return entries
end

--- Runs the lens of the line, or the nearest above it. Two that do the same are one.
function M.run()
  local client = require('karel.client').of(0)
  if not client then
    return
  end
  local bufnr, line = vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)[1] - 1
  local nearest, commands = -1, {}
  for _, lens in ipairs(all()) do
    local at = lens.range.start.line
    if at <= line and at >= nearest then
      if at > nearest then
        nearest, commands = at, {}
      end
      local same = vim.iter(commands):any(function(command)
        return command.command == lens.command.command and vim.deep_equal(command.arguments, lens.command.arguments)
      end)
      if not same then
        commands[#commands + 1] = lens.command
      end
    end
  end
  local function run(command)
    if command then
      client:exec_cmd(command, { bufnr = bufnr })
    end
  end
  if #commands == 0 then
    require('karel.say').say('No lens at or above this line.')
  elseif #commands == 1 then
    run(commands[1])
  else
    vim.ui.select(commands, {
      prompt = 'Lenses:',
      format_item = function(command)
        return command.title
      end,
    }, run)
  end
end

return M
