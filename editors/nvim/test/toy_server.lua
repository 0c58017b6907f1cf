-- A language server on standard input and output with just enough to exercise the plugin:
--   nvim --headless --clean -l toy_server.lua
-- It marks the word BAD, puts a lens on every example, and knows the plugin's commands. Arguments: with `watch` it asks
-- to be told of changed grid files, with `stubborn` it does not stop when it is asked to, with `slow` a synthesis lasts
-- until it is cancelled.

local documents, lens_title, next_id = {}, 'first', 1
local input, output = vim.uv.new_pipe(), vim.uv.new_pipe()
input:open(0)
output:open(1)

local function send(message)
  message.jsonrpc = '2.0'
  local body = vim.json.encode(message)
  output:write(('Content-Length: %d\r\n\r\n%s'):format(#body, body))
end

local function notify(method, params)
  send({ method = method, params = params })
end

local function ask(method, params)
  send({ id = next_id, method = method, params = params })
  next_id = next_id + 1
end

--- The lines of a document: as the editor has them, else as they are on the disk.
local function lines_of(uri)
  if documents[uri] then
    return vim.split(documents[uri], '\n')
  end
  local file = vim.uri_to_fname(uri)
  return vim.fn.filereadable(file) == 1 and vim.fn.readfile(file) or {}
end

local function find(uri, pattern)
  local found = {}
  for number, line in ipairs(lines_of(uri)) do
    local first, last, capture = line:find(pattern)
    if first then
      found[#found + 1] = {
        text = capture,
        range = {
          start = { line = number - 1, character = first - 1 },
          ['end'] = { line = number - 1, character = last },
        },
      }
    end
  end
  return found
end

-- The explanations of the codes.
local page = vim.fn.tempname() .. '.md'
vim.fn.mkdir(vim.fs.dirname(page), 'p')
vim.fn.writefile({ '# Codes', '', '### K001', '', 'One.', '', '### K002', '', 'Two.' }, page)

local function publish(uri)
  local diagnostics = {}
  for _, found in ipairs(find(uri, 'BAD')) do
    diagnostics[#diagnostics + 1] = {
      range = found.range,
      severity = 1,
      code = 'K002',
      codeDescription = { href = vim.uri_from_fname(page) .. '#k002' },
      message = 'BAD is not allowed',
    }
  end
  notify('textDocument/publishDiagnostics', { uri = uri, diagnostics = diagnostics })
end

local commands = {}

commands['karel.showTrace'] = function(uri, name)
  return { result = ('## %s\n\nmove move of %s'):format(name, vim.fs.basename(uri)) }
end

commands['karel.runExamples'] = function(uri)
  local examples = {}
  -- Those of the grid file beside the program belong to it, open or not.
  local grids = uri:gsub('%.karel$', '.kgrid')
  for _, file in ipairs(grids == uri and { uri } or { uri, grids }) do
    for _, found in ipairs(find(file, 'example "([^"]*)"')) do
      examples[#examples + 1] = {
        uri = file,
        range = found.range,
        name = found.text,
        test = vim.startswith(found.text, 'held'),
        passed = #examples ~= 1 and not found.text:find('hole'),
        verdict = found.text:find('hole') and 'undecided' or nil,
        message = found.text:find('hole') and 'stops at a hole' or 'crashed at action 3',
      }
    end
  end
  return { result = { examples = examples } }
end

-- Calls of `never` are never carried out, and of an `if` with `half` one way is not.
commands['karel.coverage'] = function(uri)
  local statements = {}
  for _, found in ipairs(find(uri, '(%a+)%(%)')) do
    statements[#statements + 1] = { range = found.range, times = 1 }
  end
  for _, found in ipairs(find(uri, 'half%(%)')) do
    statements[#statements + 1] =
      { range = found.range, times = 1, ways = { { name = 'if', times = 0 }, { name = 'else', times = 1 } } }
  end
  for _, found in ipairs(find(uri, 'never%(%)')) do
    statements[#statements + 1] = { range = found.range, times = 0 }
  end
  return { result = { uri = uri, statements = statements } }
end

commands['karel.templates'] = function()
  return {
    result = {
      { name = 'walk', title = 'Walk', description = 'To the wall', text = 'def main():\n    ...\n' },
      { name = 'turn', title = 'Turn', description = 'On the spot', text = '# Turns.\ndef main():\n    turnLeft()\n' },
    },
  }
end

commands['karel.nextSolution'] = function(uri)
  return { error = { code = -32803, message = 'There is no other solution of ' .. vim.fs.basename(uri) .. '.' } }
end

--- Answers the request that waits for the end of the work.
local finish

commands['karel.synthesize'] = function(uri, position)
  if vim.list_contains(arg, 'slow') then
    ask('window/workDoneProgress/create', { token = 'slow' })
    notify('$/progress', { token = 'slow', value = { kind = 'begin', title = 'Searching', cancellable = true } })
    return function(answer)
      finish = answer
    end
  end
  local hole = find(uri, '%.%.%.')[1]
  if not hole then
    return { error = { code = -32803, message = ('There is no hole at line %d.'):format(position.line + 1) } }
  end
  notify('karel/status', { state = 'ready', engine = 'cpu', message = 'Ready.' })
  ask('window/workDoneProgress/create', { token = 'work' })
  notify('$/progress', { token = 'work', value = { kind = 'begin', title = 'Synthesizing', cancellable = true } })
  ask('workspace/applyEdit', { edit = { changes = { [uri] = { { range = hole.range, newText = 'move()' } } } } })
  notify('$/progress', { token = 'work', value = { kind = 'end', message = '2/2 examples' } })
  notify('window/showMessage', { type = 3, message = ('long '):rep(100) .. 'information' })
  notify('window/showMessage', { type = 2, message = 'a warning' })
  lens_title = 'second'
  ask('workspace/codeLens/refresh')
  return { result = vim.NIL }
end

local watches = false

local requests = {
  initialize = function(params)
    watches = vim.list_contains(arg, 'watch')
      and vim.tbl_get(params.capabilities, 'workspace', 'didChangeWatchedFiles', 'dynamicRegistration') == true
    return {
      result = {
        serverInfo = { name = 'toy' },
        capabilities = {
          textDocumentSync = { openClose = true, change = 1 },
          codeLensProvider = vim.empty_dict(),
          inlayHintProvider = true,
          codeActionProvider = { resolveProvider = true },
          completionProvider = { triggerCharacters = { '(', ':' } },
          executeCommandProvider = { commands = vim.tbl_keys(commands) },
        },
      },
    }
  end,
  shutdown = function()
    if vim.list_contains(arg, 'stubborn') then
      return function() end
    end
    return { result = vim.NIL }
  end,
  ['textDocument/inlayHint'] = function()
    return { result = {} }
  end,
  -- Fixes for what the client says is marked; and two syntheses of a hole, of which one can be done, or none.
  ['textDocument/codeAction'] = function(params)
    local actions, only = {}, params.context.only
    for _, diagnostic in ipairs(params.context.diagnostics) do
      local edit = { changes = { [params.textDocument.uri] = { { range = diagnostic.range, newText = 'good' } } } }
      actions[#actions + 1] = { title = 'Mend it', kind = 'quickfix', isPreferred = true, edit = edit }
      actions[#actions + 1] = { title = 'Leave it', kind = 'quickfix', edit = { changes = vim.empty_dict() } }
    end
    local text = documents[params.textDocument.uri]
    for number, name in ipairs({ 'program', 'hole' }) do
      if not only and text:find('...', 1, true) then
        actions[#actions + 1] = {
          title = 'Synthesize the ' .. name,
          kind = 'refactor.karel.synthesize.' .. name,
          data = { goal = name },
          disabled = (number == 1 or text:find('REFUSED')) and { reason = 'The engine is missing.' } or nil,
        }
      end
    end
    return { result = actions }
  end,
  ['codeAction/resolve'] = function()
    return { error = { code = -32803, message = 'Nothing was found.' } }
  end,
  ['textDocument/completion'] = function(params)
    local line = lines_of(params.textDocument.uri)[params.position.line + 1]
    local start = { line = params.position.line, character = #line:match('^%s*') }
    local function item(label, text, format)
      local range = { start = start, ['end'] = params.position }
      return {
        label = label,
        filterText = label,
        insertTextFormat = format,
        textEdit = { range = range, newText = text },
      }
    end
    return { result = { item('while', 'while(${1:?}):\n\t$0', 2), item('move', 'move()', 1) } }
  end,
  ['textDocument/codeLens'] = function(params)
    local lenses = {}
    for number, found in ipairs(find(params.textDocument.uri, 'example "([^"]*)"')) do
      lenses[number] = {
        range = found.range,
        command = {
          title = lens_title,
          command = 'karel.showTrace',
          arguments = { params.textDocument.uri, found.text },
        },
      }
    end
    return { result = lenses }
  end,
  ['workspace/executeCommand'] = function(params)
    return commands[params.command](unpack(params.arguments))
  end,
}

local notifications = {
  ['window/workDoneProgress/cancel'] = function(params)
    notify('$/progress', { token = params.token, value = { kind = 'end', message = 'cancelled' } })
    finish({ error = { code = -32800, message = 'Canceled' } })
  end,
  initialized = function()
    if watches then
      local method = 'workspace/didChangeWatchedFiles'
      local options = { watchers = { { globPattern = '**/*.kgrid' } } }
      ask('client/registerCapability', {
        registrations = { { id = method, method = method, registerOptions = options } },
      })
    end
  end,
  ['workspace/didChangeWatchedFiles'] = function(params)
    notify('window/showMessage', { type = 2, message = 'changed: ' .. vim.fs.basename(params.changes[1].uri) })
  end,
  exit = function()
    if not vim.list_contains(arg, 'stubborn') then
      os.exit(0)
    end
  end,
  ['textDocument/didOpen'] = function(params)
    documents[params.textDocument.uri] = params.textDocument.text
    publish(params.textDocument.uri)
  end,
  ['textDocument/didChange'] = function(params)
    documents[params.textDocument.uri] = params.contentChanges[1].text
    publish(params.textDocument.uri)
  end,
}

local function receive(message)
  if message.method and message.id ~= nil then
    local handler = requests[message.method]
    local answer = handler and handler(message.params)
      or { error = { code = -32601, message = 'no ' .. message.method } }
    local function reply(with)
      with.id = message.id
      send(with)
    end
    -- A function is handed the means to answer later.
    if type(answer) == 'function' then
      answer(reply)
    else
      reply(answer)
    end
  elseif notifications[message.method or ''] then
    notifications[message.method](message.params)
  end
end

local buffer = ''
input:read_start(vim.schedule_wrap(function(_, chunk)
  if not chunk then
    os.exit(1)
  end
  buffer = buffer .. chunk
  while true do
    local _, header, length = buffer:find('Content%-Length: (%d+)\r\n\r\n')
    length = tonumber(length)
    if not header or #buffer < header + length then
      return
    end
    local body = buffer:sub(header + 1, header + length)
    buffer = buffer:sub(header + length + 1)
    receive(vim.json.decode(body))
  end
end))

vim.wait(10 * 60 * 1000, function()
  return false
end)
