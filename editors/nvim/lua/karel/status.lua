--- What the server says about itself: the engine's state, and the progress of long work.
local say = require('karel.say')

local M = {}

---@class karel.Status
---@field state 'starting'|'ready'|'busy'|'absent'|'error'
---@field engine string what runs, such as `cpu`; empty where nothing does
---@field message string a sentence for people

---@type karel.Status?
local current

--- Work that the server has begun and not ended: the last that it has reported of.
---@type { token: any, title: string, message?: string, percentage?: integer, since: integer, said: integer }?
local work

---@type uv.uv_timer_t? redraws the seconds that have passed
local clock

local WORDS = {
  starting = 'starting',
  ready = 'ready',
  busy = 'searching',
  absent = 'no synthesis (:checkhealth karel)',
  error = 'synthesis failed (:KarelLog)',
}

--- The work in a few words.
---@return string?
local function progress_text()
  if not work then
    return nil
  end
  local seconds = math.floor((vim.uv.now() - work.since) / 1000)
  local parts = { work.title }
  if work.message and work.message ~= '' then
    parts[#parts + 1] = work.message
  end
  if work.percentage then
    parts[#parts + 1] = work.percentage .. '%'
  end
  if seconds > 0 then
    parts[#parts + 1] = seconds .. ' s'
  end
  return (table.concat(parts, ', '):gsub('%s+', ' '))
end

--- For a status line: what the server is doing, else the state of the synthesis engine; empty where nothing is known.
---@return string
function M.text()
  local progress = progress_text()
  if progress then
    return 'Karel: ' .. progress
  end
  return current and 'Karel: ' .. (WORDS[current.state] or current.state) or ''
end

--- Has every Karel buffer show it, and fires `User KarelStatus`.
function M.publish()
  local text = M.text()
  for _, bufnr in ipairs(require('karel.client').buffers()) do
    vim.b[bufnr].karel_status = text
  end
  vim.api.nvim_exec_autocmds('User', { pattern = 'KarelStatus', modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

--- Takes the parameters of `karel/status`; nil forgets them.
---@param status karel.Status?
function M.set(status)
  if status and status.state == 'error' and (not current or current.state ~= 'error') then
    say.say(status.message or 'The synthesis engine failed: :KarelLog.', vim.log.levels.WARN)
  end
  current = status
  M.publish()
end

---@return karel.Status?
function M.get()
  return current
end

--- Shows the work on the command line, out of the message history; not over a message of the meantime.
local function echo()
  if vim.g.karel_progress == false or not work or say.count() ~= work.said then
    return
  end
  local text = say.short('Karel: ' .. progress_text() .. ' (:KarelCancel)', vim.o.columns - 13)
  vim.api.nvim_echo({ { text, 'Comment' } }, false, {})
end

local function tick()
  if work then
    echo()
    M.publish()
  end
end

--- Takes work-done progress. What came of the work is told by its answer, and stands in the text: the end is no message.
---@param token any
---@param value { kind: string, title?: string, message?: string, percentage?: integer }
function M.progress(token, value)
  if value.kind == 'begin' then
    work = { token = token, title = value.title or 'working', since = vim.uv.now(), said = say.count() }
    if not clock then
      clock = assert(vim.uv.new_timer())
      clock:start(1000, 1000, vim.schedule_wrap(tick))
    end
  end
  if not work or work.token ~= token then
    return
  end
  if value.kind == 'end' then
    local silent = say.count() ~= work.said
    work = nil
    if clock then
      clock:close()
      clock = nil
    end
    if not silent and vim.g.karel_progress ~= false then
      -- Takes the last line of the work away.
      vim.api.nvim_echo({ { '' } }, false, {})
    end
  else
    work.message = value.message or work.message
    work.percentage = value.percentage
    echo()
  end
  M.publish()
end

--- Takes a message of the server.
---@param message { type: integer, message: string }
function M.message(message)
  local types, levels = vim.lsp.protocol.MessageType, vim.log.levels
  local level = message.type == types.Error and levels.ERROR or message.type == types.Warning and levels.WARN
  say.say(message.message, level or levels.INFO)
end

--- A status line with the text in it, for windows of Karel buffers; nil where the user has a status line.
---@return string?
function M.statusline()
  local own = vim.api.nvim_get_option_info2('statusline', {}).default
  if vim.g.karel_statusline == false or vim.go.statusline ~= own then
    return nil
  end
  local default = own ~= '' and own or '%<%f %h%w%m%r%=%-14.(%l,%c%V%) %P'
  local hint = "%{get(b:, 'karel_status', '')}  "
  local before, after = default:match('^(.-%%=)(.*)$')
  return before and before .. hint .. after or default .. '%=' .. hint
end

return M
