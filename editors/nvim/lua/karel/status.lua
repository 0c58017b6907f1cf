--- What the server says about itself: the engine's state, and the progress of long work.
local M = {}

---@class karel.Status
---@field state 'starting'|'ready'|'busy'|'absent'|'error'
---@field engine string what runs, such as `cpu`; empty where nothing does
---@field message string a sentence for people

---@type karel.Status?
local current

--- Whether it can be echoed: what is wider than the screen asks for Enter.
---@param text string
---@return boolean
local function fits(text)
  return not text:find('\n') and vim.fn.strdisplaywidth(text) <= vim.o.columns - 12
end

--- Takes the parameters of `karel/status`; nil forgets them. Fires `User KarelStatus`.
---@param status karel.Status?
function M.set(status)
  if status and status.state == 'error' and (not current or current.state ~= 'error') then
    vim.notify(status.message or 'The synthesis engine failed.', vim.log.levels.WARN, { title = 'Karel' })
  end
  current = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'KarelStatus', modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

---@return karel.Status?
function M.get()
  return current
end

---@return string
function M.text()
  if not current then
    return ''
  end
  local engine = current.engine or ''
  return 'Karel: ' .. current.state .. (engine ~= '' and (' (%s)'):format(engine) or '')
end

--- Echoes work-done progress in the command line, without filling the message history.
---@param value { kind: string, title?: string, message?: string, percentage?: integer }
function M.progress(value)
  if vim.g.karel_progress == false then
    return
  end
  if value.kind == 'begin' then
    M.title = value.title
  end
  local parts = { 'Karel', M.title }
  if value.kind == 'end' then
    parts[#parts + 1] = value.message or 'done'
  else
    parts[#parts + 1] = value.message
    parts[#parts + 1] = value.percentage and value.percentage .. '%' or nil
  end
  local text = table.concat(parts, ': '):gsub('%s+', ' ')
  if not fits(text) then
    text = vim.fn.strcharpart(text, 0, math.max(vim.o.columns - 13, 0)) .. '…'
  end
  vim.api.nvim_echo({ { text, 'Comment' } }, false, {})
end

--- Shows a message of the server. What is only for information asks for no key, however long it is.
---@param message { type: integer, message: string }
function M.message(message)
  local levels = vim.lsp.protocol.MessageType
  if message.type == levels.Error or message.type == levels.Warning then
    local level = message.type == levels.Error and vim.log.levels.ERROR or vim.log.levels.WARN
    vim.notify(message.message, level, { title = 'Karel' })
  elseif fits(message.message) then
    vim.api.nvim_echo({ { message.message } }, true, {})
  else
    require('karel.popup').show(message.message)
  end
end

return M
