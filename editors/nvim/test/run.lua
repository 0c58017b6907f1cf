-- Tests of the plugin in real Neovim:
--   nvim --headless --clean -u test/init.lua -l test/run.lua
-- Every `test/*_spec.lua` returns a table of named functions; each gets `T` and fails by an error. `T.skip` ends a test
-- that can't be run here; it counts as skipped. With `KAREL_ONLY=TEXT` only tests with the text in their file or name.

local folder = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))

local T = {}

-- Long enough for any busy machine, compiling the parser included: nothing here is about time.
local PATIENCE = tonumber(vim.env.KAREL_PATIENCE) or 60000

--- The last messages of `vim.notify`, oldest first.
T.messages = {}
-- It passes for Neovim's own by its chunk's name: with a notifier of the user's nothing is shortened.
vim.notify = assert(
  load('local messages = ... return function(message) messages()[#messages() + 1] = message end', '@editor.lua')
)(function()
  return T.messages
end)
vim.notify_once = vim.notify

function T.skip(reason)
  error({ skipped = reason }, 0)
end

function T.equal(actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(('expected %s\n     got %s'):format(vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

--- Waits until `condition` gives something, and returns it.
function T.wait(what, condition)
  local value
  local met = vim.wait(PATIENCE, function()
    value = condition()
    return value
  end, 20)
  if not met then
    error(('waited in vain for %s; messages: %s'):format(what, vim.inspect(T.messages)), 2)
  end
  return value
end

--- Opens a new file with the lines; the language server in `vim.g.karel_server` attaches to it.
function T.open(ending, lines)
  local file = vim.fn.tempname() .. ending
  vim.fn.writefile(lines, file)
  vim.cmd.edit(file)
  return vim.api.nvim_get_current_buf()
end

function T.attached(bufnr)
  return T.wait('the language server', function()
    local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'karel' })[1]
    return client and client.initialized and client
  end)
end

--- Text of the first floating window.
function T.float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
    end
  end
end

function T.lines(bufnr)
  return vim.api.nvim_buf_get_lines(bufnr or 0, 0, -1, false)
end

T.toy_server = { vim.v.progpath, '--headless', '--clean', '-l', vim.fs.joinpath(folder, 'toy_server.lua') }

--- Closes everything, and waits for the servers to be gone.
local function clean()
  for _, client in ipairs(vim.lsp.get_clients()) do
    client:stop(true)
  end
  vim.wait(PATIENCE, function()
    return #vim.lsp.get_clients() == 0
  end)
  vim.cmd('silent! only | silent! %bwipeout!')
  vim.fn.setqflist({}, 'f')
  require('karel.status').set(nil)
end

local count = { passed = 0, failed = 0, skipped = 0 }
for _, file in ipairs(vim.fn.sort(vim.fn.glob(vim.fs.joinpath(folder, '*_spec.lua'), false, true))) do
  local tests = dofile(file)
  for _, name in ipairs(vim.fn.sort(vim.tbl_keys(tests))) do
    if not (vim.fs.basename(file) .. ': ' .. name):find(vim.env.KAREL_ONLY or '', 1, true) then
      goto continue
    end
    T.messages = {}
    vim.g.karel_server = T.toy_server
    local ok, problem = xpcall(tests[name], function(problem)
      return type(problem) == 'table' and problem or debug.traceback(problem)
    end, T)
    local skipped = type(problem) == 'table' and problem.skipped
    local word = ok and 'ok' or skipped and 'skipped' or 'not ok'
    local kind = ok and 'passed' or skipped and 'skipped' or 'failed'
    count[kind] = count[kind] + 1
    io.stdout:write(('%s - %s: %s%s\n'):format(word, vim.fs.basename(file), name, skipped and ': ' .. skipped or ''))
    if not ok and not skipped then
      io.stdout:write(type(problem) == 'string' and problem or vim.inspect(problem), '\n')
    end
    clean()
    ::continue::
  end
end
local skipped = count.skipped > 0 and (', %d skipped'):format(count.skipped) or ''
io.stdout:write(('%d passed, %d failed%s\n'):format(count.passed, count.failed, skipped))
os.exit(count.failed == 0 and count.passed > 0 and 0 or 1)
