--- What the commands do. All of it works on the current buffer and its language server.
local M = {}

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify(message, level or vim.log.levels.INFO, { title = 'Karel' })
end

---@param bufnr integer
---@return vim.lsp.Client?
local function client_of(bufnr)
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'karel' })[1]
  if not client then
    local _, problem = require('karel.server').find()
    say(problem or 'No Karel language server is attached to this buffer: :KarelRestart starts it.', vim.log.levels.WARN)
  end
  return client
end

--- Sends a command to the server; `done` gets its answer. Errors are shown: their messages are meant for people.
---@param bufnr integer
---@param command string
---@param arguments any[]
---@param done? fun(answer: any)
local function execute(bufnr, command, arguments, done)
  local client = client_of(bufnr)
  if not client then
    return
  end
  local known = vim.tbl_get(client.server_capabilities, 'executeCommandProvider', 'commands') or {}
  if not vim.list_contains(known, command) then
    say(('This Karel language server does not know the command %s.'):format(command), vim.log.levels.WARN)
    return
  end
  client:request('workspace/executeCommand', { command = command, arguments = arguments }, function(failure, answer)
    if failure then
      say(failure.message, vim.log.levels.ERROR)
    elseif done then
      done(answer)
    end
  end, bufnr)
end

--- URI and position of the cursor, as the protocol has them.
---@return any[]
local function at_cursor()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'karel' })[1]
  local encoding = client and client.offset_encoding or 'utf-16'
  return { vim.uri_from_bufnr(0), vim.lsp.util.make_position_params(0, encoding).position }
end

function M.synthesize()
  execute(0, 'karel.synthesize', at_cursor())
end

function M.infer_trace()
  execute(0, 'karel.inferTrace', at_cursor())
end

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

---@param typed string
---@return string[]
function M.complete_example(typed)
  local names = {}
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local keyword, name = line:match('^%s*(%a+)%s+"([^"]*)"')
    if (keyword == 'example' or keyword == 'test') and vim.startswith(name, typed) then
      names[#names + 1] = name
    end
  end
  return names
end

--- Shows an example's run in a floating window; called again, it moves the cursor into it.
---@param name? string the example under the cursor if nil
---@param bufnr? integer
---@param arguments? any[] as a lens gives them
function M.show_trace(name, bufnr, arguments)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  name = name or M.example_at(bufnr, vim.api.nvim_win_get_cursor(0)[1])
  if not name then
    say('The cursor is in no example: go to one, or name it (:KarelTrace NAME).', vim.log.levels.WARN)
    return
  end
  execute(bufnr, 'karel.showTrace', arguments or { vim.uri_from_bufnr(bufnr), name }, function(answer)
    if type(answer) ~= 'string' or answer == '' then
      say(("There is nothing to show of '%s'."):format(name), vim.log.levels.WARN)
      return
    end
    vim.lsp.util.open_floating_preview(vim.split(answer, '\n', { trimempty = true }), 'markdown', {
      border = 'rounded',
      title = (' %s '):format(name),
      focus_id = 'karel.trace.' .. name,
      max_width = math.floor(vim.o.columns * 0.8),
      max_height = math.floor(vim.o.lines * 0.7),
    })
  end)
end

--- Runs every example. What fails goes to the quickfix list, which is opened if there is anything in it.
---@param bufnr? integer the current one if nil
function M.test(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  execute(bufnr, 'karel.runExamples', { vim.uri_from_bufnr(bufnr) }, function(answer)
    local examples = type(answer) == 'table' and answer.examples or {}
    local failures, passed = {}, 0
    for _, example in ipairs(examples) do
      if example.passed then
        passed = passed + 1
      else
        local start = vim.tbl_get(example, 'range', 'start') or { line = 0 }
        failures[#failures + 1] = {
          -- An example of a program may stand in its `.kgrid` file.
          bufnr = example.uri and vim.uri_to_bufnr(example.uri) or bufnr,
          lnum = start.line + 1,
          type = 'E',
          text = ('%s "%s": %s'):format(example.test and 'test' or 'example', example.name, example.message),
        }
      end
    end
    local summary = #examples == 0 and 'There is no example block here to run.'
      or ('%d/%d examples pass.'):format(passed, #examples)
    vim.fn.setqflist({}, ' ', { title = 'Karel: ' .. summary, items = failures })
    if #failures > 0 then
      vim.cmd('botright copen')
      vim.cmd.wincmd('p')
    else
      vim.cmd.cclose()
    end
    say(summary, #failures > 0 and vim.log.levels.WARN or vim.log.levels.INFO)
  end)
end

--- Cancels every piece of work that the server has begun to report and not ended.
function M.cancel()
  for _, client in ipairs(vim.lsp.get_clients({ name = 'karel' })) do
    for token in pairs(client.progress.pending) do
      client:notify('window/workDoneProgress/cancel', { token = token })
    end
  end
end

--- Stops the server, by force if it does not stop in three seconds, and starts it for the open Karel buffers.
function M.restart()
  local clients = vim.lsp.get_clients({ name = 'karel' })
  vim.lsp.enable('karel', false)
  local waited = 0
  local timer = assert(vim.uv.new_timer())
  timer:start(0, 50, vim.schedule_wrap(function()
    if timer:is_closing() then
      return
    end
    local running = vim.iter(clients):any(function(client)
      return not client:is_stopped() or vim.lsp.get_client_by_id(client.id) ~= nil
    end)
    waited = waited + 50
    if running and waited == 3000 then
      for _, client in ipairs(clients) do
        client:stop(true)
      end
    elseif not running or waited > 4000 then
      timer:close()
      require('karel.status').set(nil)
      vim.lsp.enable('karel')
    end
  end))
end

function M.log()
  vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.get_log_path()))
  vim.cmd.normal({ 'G', bang = true })
end

--- For a status line: the state of the synthesis engine in a few words, empty where nothing is known.
---@return string
function M.status()
  return require('karel.status').text()
end

return M
