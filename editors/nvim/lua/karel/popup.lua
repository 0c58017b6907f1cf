--- A message in the corner that goes away by itself: for what is too long for one line, and not worth a key press.
--- `:KarelLog` has it when it has gone.
local M = {}

--- Columns of the text.
local WIDTH = 56

--- Milliseconds that it stays.
M.stays = 10000

---@type integer? the window, open or not
local shown

function M.close()
  if shown and vim.api.nvim_win_is_valid(shown) then
    vim.api.nvim_win_close(shown, true)
  end
  shown = nil
end

--- Shows the text, in the place of an earlier one, until some time has passed or the user types.
---@param text string
function M.show(text)
  M.close()
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, '\n', { trimempty = true }))
  local width = math.max(math.min(WIDTH, vim.o.columns - 4), 1)
  local window = vim.api.nvim_open_win(bufnr, false, {
    relative = 'editor',
    anchor = 'SE',
    row = vim.o.lines - vim.o.cmdheight - 1,
    col = vim.o.columns,
    width = width,
    height = 1,
    style = 'minimal',
    border = 'rounded',
    title = ' Karel ',
    focusable = false,
    noautocmd = true,
  })
  vim.wo[window].wrap = true
  vim.wo[window].linebreak = true
  local height = vim.api.nvim_win_text_height(window, {}).all
  vim.api.nvim_win_set_height(window, math.max(math.min(height, vim.o.lines - 6), 1))
  shown = window
  vim.api.nvim_create_autocmd({ 'InsertEnter', 'TextChangedI' }, { once = true, callback = M.close })
  vim.defer_fn(function()
    if shown == window then
      M.close()
    end
  end, M.stays)
end

return M
