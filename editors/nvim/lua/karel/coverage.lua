--- Signs beside what no example carries out: a statement, or one way of an `if`.
local client = require('karel.client')

local M = {}

local COMMAND = 'karel.coverage'
local space = vim.api.nvim_create_namespace('karel-coverage')

local SIGNS = {
  never = { sign_text = '○', sign_hl_group = 'DiagnosticSignHint' },
  partly = { sign_text = '◐', sign_hl_group = 'DiagnosticSignHint' },
}

--- The last question of each buffer, as long as it is open.
---@type table<integer, integer>
local requests = {}

---@class karel.Statement
---@field range lsp.Range
---@field times integer
---@field ways { name: string, times: integer }[]

---@param statement karel.Statement
---@return 'never'|'partly'|nil
local function kind(statement)
  if statement.times == 0 then
    return 'never'
  end
  for _, way in ipairs(statement.ways or {}) do
    if way.times == 0 then
      return 'partly'
    end
  end
end

---@param bufnr integer
---@param statements karel.Statement[]
local function set(bufnr, statements)
  vim.api.nvim_buf_clear_namespace(bufnr, space, 0, -1)
  -- Of several statements in a line the one that is worst off is told of.
  local lines = {}
  for _, statement in ipairs(statements) do
    local found, line = kind(statement), statement.range.start.line
    if found and lines[line] ~= 'never' then
      lines[line] = found
    end
  end
  for line, found in pairs(lines) do
    if line < vim.api.nvim_buf_line_count(bufnr) then
      vim.api.nvim_buf_set_extmark(bufnr, space, line, 0, SIGNS[found])
    end
  end
end

--- Asks for the coverage of the program that the buffer belongs to, and shows it where that is open. A failure is not
--- worth a word: the next change asks again.
---@param bufnr integer
function M.show(bufnr)
  local server = vim.lsp.get_clients({ bufnr = bufnr, name = 'karel' })[1]
  local known = server and vim.tbl_get(server.server_capabilities, 'executeCommandProvider', 'commands') or {}
  if not server or not vim.list_contains(known, COMMAND) then
    return
  end
  if requests[bufnr] and server.requests[requests[bufnr]] then
    server:cancel_request(requests[bufnr])
  end
  requests[bufnr] = client.send(server, COMMAND, { vim.uri_from_bufnr(bufnr) }, function(answer)
    requests[bufnr] = nil
    local program = type(answer) == 'table' and answer.uri and vim.fn.bufnr(vim.uri_to_fname(answer.uri)) or -1
    if program ~= -1 and vim.api.nvim_buf_is_loaded(program) then
      set(program, answer.statements or {})
    end
  end, bufnr, function() end)
end

return M
