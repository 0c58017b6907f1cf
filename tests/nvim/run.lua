-- Runs every `*_test.lua` beside this file, and ends with the line `N passed, N failed`, `, N skipped` if any were.
-- With `KAREL_ONLY=WORD` in the environment only files with the word in their name.
--
-- A test file calls `test(name, body)`; `body` gets the functions of `t` below. Each test starts without buffers.
local t = {}
local passed, failed, skipped = 0, 0, 0

-- Long enough for any busy machine: nothing here is about time.
local PATIENCE = tonumber(vim.env.KAREL_PATIENCE) or 300000

--- Fails unless `condition`; `message` says what was wrong.
function t.ok(condition, message)
  if not condition then
    error(message or 'not so', 2)
  end
end

--- Ends the test, which counts as skipped: what it needs is not there.
function t.skip(reason)
  error({ skipped = reason }, 0)
end

--- Fails unless both are equal.
function t.equal(actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(('expected %s, got %s'):format(vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

--- Waits until `condition` gives something true, and returns it.
function t.wait(what, condition)
  local value
  if not vim.wait(PATIENCE, function()
    value = condition()
    return value
  end, 20) then
    error('waited in vain for ' .. what, 2)
  end
  return value
end

--- Opens a copy of the example file `name`, and returns its buffer.
function t.open(name)
  local copy = vim.fs.joinpath(vim.env.KAREL_TEST_OUTPUT, name)
  vim.fn.writefile(vim.fn.readfile(vim.fs.joinpath(vim.g.karel_root, 'tests/examples', name), 'b'), copy, 'b')
  vim.cmd.edit(vim.fn.fnameescape(copy))
  return vim.api.nvim_get_current_buf()
end

--- Waits for the language server to be attached to `buffer`, and returns the client.
function t.client(buffer)
  return t.wait('the language server', function()
    local client = vim.lsp.get_clients({ bufnr = buffer })[1]
    return client and client.initialized and client or nil
  end)
end

--- The text of `buffer`.
function t.text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') .. '\n'
end

--- Puts the cursor on the first place that matches `pattern`.
function t.go_to(pattern)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  t.ok(vim.fn.search(pattern, 'c') > 0, 'no ' .. pattern .. ' in the buffer')
end

--- The text of the floating window, if there is one.
function t.float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return t.text(vim.api.nvim_win_get_buf(window))
    end
  end
end

--- Closes every window and buffer but one empty one.
local function clean()
  pcall(vim.cmd, 'silent! %bwipeout!')
end

function _G.test(name, body)
  clean()
  local fine, message = xpcall(body, function(problem)
    return type(problem) == 'table' and problem.skipped and problem or tostring(problem)
  end, t)
  local word = 'not ok'
  if fine then
    passed, word = passed + 1, 'ok'
  elseif type(message) == 'table' then
    skipped, word, message = skipped + 1, 'skipped', message.skipped
  else
    failed = failed + 1
  end
  io.stdout:write(('%s - %s%s\n'):format(word, name, fine and '' or ': ' .. message))
end

for _, file in ipairs(vim.fn.glob(vim.fs.joinpath(vim.g.karel_root, 'tests/nvim/*_test.lua'), true, true)) do
  if vim.fs.basename(file):find(vim.env.KAREL_ONLY or '', 1, true) then
    dofile(file)
  end
end
clean()
for _, client in ipairs(vim.lsp.get_clients()) do
  client:stop(true)
end
io.stdout:write(
  ('%d passed, %d failed%s\n'):format(passed, failed, skipped > 0 and (', %d skipped'):format(skipped) or '')
)
os.exit(failed == 0 and passed > 0 and 0 or 1)
