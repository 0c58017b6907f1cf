--- `:KarelTrace`: an example's run in a floating window, which goes as soon as what it shows may be out of date.
local client = require('karel.client')
local say = require('karel.say').say

local M = {}

---@type integer? the window, open or not
local window

--- Name of the example or test whose block the line is in.
---@param bufnr integer
---@param line integer 1-based
---@return string?
function M.example_at(bufnr, line)
  local lines = vim.api.nvim_buf_get_lines(bufnr, 0, line, false)
  for number = #lines, 1, -1 do
    local keyword, name = lines[number]:match('^%s*(%a+)%s+"([^"]*)"')
    if keyword == 'example' or keyword == 'test' then
      return name
    end
    -- Any other line of the outermost level ends the search: the cursor is in a procedure.
    if lines[number]:match('^[^%s#]') then
      return nil
    end
  end
end

--- Names of the buffer's examples that begin so.
---@param typed string
---@return string[]
function M.complete(typed)
  local names = {}
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local keyword, name = line:match('^%s*(%a+)%s+"([^"]*)"')
    if (keyword == 'example' or keyword == 'test') and vim.startswith(name, typed) then
      names[#names + 1] = name
    end
  end
  return names
end

function M.close()
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_close(window, true)
  end
  window = nil
end

--- Closes the window with the next change of any Karel buffer: the run depends on the program and on its grid files.
local function watch()
  local shown = window
  for _, bufnr in ipairs(client.buffers()) do
    vim.api.nvim_buf_attach(bufnr, false, {
      on_lines = function()
        if window ~= shown or not (shown and vim.api.nvim_win_is_valid(shown)) then
          return true
        end
        -- Not now: the text is locked.
        vim.schedule(function()
          if window == shown then
            M.close()
          end
        end)
        return true
      end,
    })
  end
end

--- Shows an example's run; called again, it moves the cursor into the window.
---@param name? string the example under the cursor if nil
---@param bufnr? integer
---@param arguments? any[] as a lens gives them
function M.show(name, bufnr, arguments)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  name = name or M.example_at(bufnr, vim.api.nvim_win_get_cursor(0)[1])
  if not name then
    say('No example here: go to one, or :KarelTrace NAME.', vim.log.levels.WARN)
    return
  end
  client.execute(bufnr, 'karel.showTrace', arguments or { vim.uri_from_bufnr(bufnr), name }, function(answer)
    if type(answer) ~= 'string' or answer == '' then
      say('There is no run to show of this example.', vim.log.levels.WARN)
      return
    end
    local _, opened = vim.lsp.util.open_floating_preview(vim.split(answer, '\n', { trimempty = true }), 'markdown', {
      border = 'rounded',
      title = (' %s '):format(name),
      focus_id = 'karel.trace.' .. name,
      max_width = math.floor(vim.o.columns * 0.8),
      max_height = math.floor(vim.o.lines * 0.7),
    })
    window = opened
    watch()
  end)
end

return M
