--- What the user is told: on the command line what fits there, and all of it in the log that `:KarelLog` opens.
local M = {}

--- Columns of the command line that are left beside what Neovim itself shows there.
local BESIDE = 12
--- Columns that the beginning of a longer message may take: enough for the fact, which comes first.
local SHORT = 55

---@class karel.Said
---@field time integer seconds, as `os.time` gives them
---@field level integer one of `vim.log.levels`
---@field text string

---@type karel.Said[]
local said = {}

--- How many messages there have been.
---@return integer
function M.count()
  return #said
end

--- Whether it can be shown on the command line: what is wider asks for Enter.
---@param text string
---@return boolean
function M.fits(text)
  return not text:find('\n') and vim.fn.strdisplaywidth(text) <= vim.o.columns - BESIDE
end

--- As many whole words as fit into the columns, with an ellipsis where some are left out.
---@param text string
---@param columns integer
---@return string
function M.short(text, columns)
  text = text:gsub('%s+', ' ')
  if vim.fn.strdisplaywidth(text) <= columns then
    return text
  end
  local kept = ''
  for word in text:gmatch('%S+') do
    local longer = kept == '' and word or kept .. ' ' .. word
    if vim.fn.strdisplaywidth(longer) > columns - 1 then
      break
    end
    kept = longer
  end
  -- One word that is wider than all of it is cut.
  return (kept ~= '' and kept or vim.fn.strcharpart(text, 0, columns - 1)) .. '…'
end

--- Whether messages are shown by Neovim itself. A notifier of the user's own has room for long ones.
---@return boolean
local function is_plain()
  return debug.getinfo(vim.notify, 'S').source:find('editor%.lua$') ~= nil
end

--- Tells a message. It stays: progress is not echoed over it.
---@param text string
---@param level? integer one of `vim.log.levels`; INFO if nil
function M.say(text, level)
  level = level or vim.log.levels.INFO
  said[#said + 1] = { time = os.time(), level = level, text = text }
  if M.fits(text) or not is_plain() then
    vim.notify(text, level, { title = 'Karel' })
  else
    vim.notify(M.short(text, math.min(SHORT, vim.o.columns - BESIDE)), level, { title = 'Karel' })
    require('karel.popup').show(text)
  end
end

--- Opens all messages in a tab page, the newest last, and under them where the language clients' log is.
function M.open_log()
  local names = { [vim.log.levels.WARN] = 'warning: ', [vim.log.levels.ERROR] = 'error: ' }
  local lines = {}
  for _, message in ipairs(said) do
    local head = os.date('%H:%M:%S', message.time) .. '  ' .. (names[message.level] or '')
    for number, line in ipairs(vim.split(message.text, '\n', { trimempty = true })) do
      lines[#lines + 1] = (number == 1 and head or '          ') .. line
    end
  end
  if #lines == 0 then
    lines[1] = 'Nothing has been said yet.'
  end
  vim.list_extend(lines, { '', 'What the language server has written (gf opens it):', vim.lsp.get_log_path() })
  vim.cmd('tabnew')
  local bufnr = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].modifiable = false
  vim.wo[0][0].wrap = true
  vim.wo[0][0].linebreak = true
  vim.api.nvim_win_set_cursor(0, { math.max(#lines - 3, 1), 0 })
end

return M
