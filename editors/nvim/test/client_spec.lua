-- The plugin with a language server.
local program = {
  'example "one":',
  '    input:',
  '        > .',
  'example "two":',
  '    input:',
  '        > 1',
  'def main():',
  '    ...',
}

return {
  ['the server starts by itself and its diagnostics show'] = function(T)
    local buffer = T.open('.karel', { 'def main():', '    BAD' })
    T.attached(buffer)
    local found = T.wait('a diagnostic', function()
      return vim.diagnostic.get(buffer)[1]
    end)
    T.equal({ found.lnum, found.col, found.message }, { 1, 4, 'BAD is not allowed' })
  end,

  ['one server for both file types of a folder'] = function(T)
    local first = T.attached(T.open('.karel', program))
    local second = T.attached(T.open('.kgrid', { 'example "a":', '    input:', '        >' }))
    T.equal(first.id, second.id)
  end,

  [':KarelSynthesize applies the edit, shows the status, refreshes the lenses'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    local function lens()
      local first = vim.lsp.codelens.get(buffer)[1]
      return first and first.command.title
    end
    T.wait('lenses', function()
      return lens() == 'first'
    end)
    vim.api.nvim_win_set_cursor(0, { 8, 4 })
    vim.cmd.KarelSynthesize()
    T.wait('the program', function()
      return T.lines(buffer)[8] == '    move()'
    end)
    -- A warning is a notification; information that is longer than a line is in a window that takes no focus, and goes
    -- after a while.
    T.wait('the information', function()
      return (T.float() or ''):find('long information', 1, true)
    end)
    T.equal(vim.api.nvim_get_current_buf(), buffer)
    T.wait('the status', function()
      return require('karel').status() == 'Karel: ready'
    end)
    T.wait('new lenses', function()
      return lens() == 'second'
    end)
    -- Of the long message its beginning is on the command line, and all of it in the log.
    T.equal(T.messages, { ('long '):rep(10) .. 'long…', 'a warning' })
    T.equal(vim.b.karel_status, 'Karel: ready')
  end,

  ['a refusal of the server is shown'] = function(T)
    T.attached(T.open('.karel', { 'def main():', '    move()' }))
    vim.cmd.KarelSynthesize()
    T.wait('a message', function()
      return T.messages[1]
    end)
    T.equal(T.messages, { 'There is no hole at line 1.' })
  end,

  ['a command right after a change is about the text with it'] = function(T)
    local buffer = T.open('.karel', { 'def main():', '    move()' })
    T.attached(buffer)
    vim.api.nvim_buf_set_lines(buffer, 1, 2, false, { '    ...' })
    vim.cmd.KarelSynthesize()
    T.wait('the program', function()
      return T.messages[1] or T.lines(buffer)[2] == '    move()'
    end)
    assert(not vim.list_contains(T.messages, 'There is no hole at line 1.'), 'the server did not know the text')
  end,

  ['a command that the server lacks is named'] = function(T)
    T.attached(T.open('.karel', program))
    vim.cmd.KarelInferTrace()
    T.equal(T.messages, { 'karel-lsp lacks karel.inferTrace: install a newer one.' })
  end,

  [':KarelTrace shows the example under the cursor, or the one named'] = function(T)
    T.attached(T.open('.karel', program))
    vim.api.nvim_win_set_cursor(0, { 6, 0 })
    vim.cmd.KarelTrace()
    T.wait('the trace of two', function()
      return (T.float() or ''):find('two', 1, true)
    end)
    vim.cmd('silent! fclose!')
    vim.cmd.KarelTrace('one')
    T.wait('the trace of one', function()
      return (T.float() or ''):find('one', 1, true)
    end)
  end,

  ['a lens shows the trace'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    T.wait('lenses', function()
      return #vim.lsp.codelens.get(buffer) == 2
    end)
    vim.api.nvim_win_set_cursor(0, { 4, 0 })
    vim.lsp.codelens.run()
    T.wait('the trace', function()
      return (T.float() or ''):find('two', 1, true)
    end)
  end,

  [':KarelTrace in a procedure says what to do'] = function(T)
    T.attached(T.open('.karel', program))
    vim.api.nvim_win_set_cursor(0, { 8, 0 })
    vim.cmd.KarelTrace()
    T.equal(T.messages, { 'No example here: go to one, or :KarelTrace NAME.' })
  end,

  [':KarelTest puts failures into the quickfix list'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    vim.cmd.KarelTest()
    T.wait('the summary', function()
      return T.messages[1]
    end)
    T.equal(T.messages, { '1/2 examples pass.' })
    local list = vim.fn.getqflist()
    T.equal(
      { #list, list[1].bufnr, list[1].lnum, list[1].text },
      { 1, buffer, 4, 'example "two": crashed at action 3' }
    )
  end,

  [':KarelTest tells what a hole leaves open from what fails'] = function(T)
    local buffer = T.open('.karel', { 'example "a hole":', 'example "two":', 'example "hole, too":' })
    T.attached(buffer)
    vim.cmd.KarelTest()
    T.wait('the summary', function()
      return T.messages[1]
    end)
    T.equal(T.messages, { '0/3 examples pass, 2 not run to the end.' })
    local list = vim.tbl_map(function(item)
      return { item.type, item.lnum }
    end, vim.fn.getqflist())
    T.equal(list, { { 'E', 2 }, { 'I', 1 }, { 'I', 3 } })
  end,

  [':KarelTest tells a held-out test from an example, and warns where one fails'] = function(T)
    T.attached(T.open('.karel', { 'example "one":', 'example "held":' }))
    vim.cmd.KarelTest()
    T.wait('the summary', function()
      return T.messages[1]
    end)
    T.equal(vim.fn.getqflist()[1].text, 'held-out test "held": crashed at action 3')
    vim.cmd.KarelLog()
    assert(table.concat(T.lines(), '\n'):find('warning: 1/2 examples pass.', 1, true), 'it is no warning')
  end,

  ['lenses run the examples, and synthesize'] = function(T)
    local buffer = T.open('.karel', program)
    local client = T.attached(buffer)
    local uri = vim.uri_from_bufnr(buffer)
    client:exec_cmd({ title = '', command = 'karel.runExamples', arguments = { uri } }, { bufnr = buffer })
    T.wait('the summary', function()
      return T.messages[1] == '1/2 examples pass.'
    end)
    local arguments = { uri, { line = 7, character = 4 } }
    client:exec_cmd({ title = '', command = 'karel.synthesize', arguments = arguments }, { bufnr = buffer })
    T.wait('the program', function()
      return T.lines(buffer)[8] == '    move()'
    end)
  end,

  [':KarelLens runs the nearer of two lenses above'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    T.wait('lenses', function()
      return #vim.lsp.codelens.get(vim.lsp.codelens.enable and { bufnr = buffer } or buffer) == 2
    end)
    vim.api.nvim_win_set_cursor(0, { 5, 0 })
    -- There is one nearest: nothing is asked.
    local select, asked = vim.ui.select, false
    vim.ui.select = function()
      asked = true
    end
    vim.cmd.KarelLens()
    vim.ui.select = select
    T.equal(asked, false)
    T.wait('the run', function()
      return (T.float() or ''):find('two', 1, true)
    end)
  end,

  ['setup sets options'] = function(T)
    require('karel').setup({ probe = 7 })
    T.equal(vim.g.karel_probe, 7)
    vim.g.karel_probe = nil
  end,

  ['a question about the examples is given up for a newer one'] = function(T)
    local buffer = T.open('.karel', program)
    local client = T.attached(buffer)
    vim.cmd.KarelTest()
    T.wait('the summary', function()
      return T.messages[1]
    end)
    local cancelled = 0
    local cancel = client.cancel_request
    client.cancel_request = function(...)
      cancelled = cancelled + 1
      return cancel(...)
    end
    require('karel.tests').refresh()
    require('karel.tests').refresh()
    client.cancel_request = nil
    T.equal(cancelled, 1)
  end,

  ['a command in a buffer without a server says what to do'] = function(T)
    vim.cmd.enew()
    vim.cmd.KarelTest()
    T.equal(T.messages, { 'No Karel server runs here: try :KarelRestart.' })
  end,

  [":KarelTest's list follows the program, and closes when all pass"] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    vim.cmd.KarelTest()
    T.wait('the list', function()
      return #vim.fn.getqflist() == 1
    end)
    T.equal(vim.fn.getqflist({ winid = 0 }).winid > 0, true)
    -- The second example goes: nothing fails any more, and nobody has asked.
    vim.api.nvim_buf_set_lines(buffer, 3, 6, false, {})
    T.wait('an empty list', function()
      return #vim.fn.getqflist() == 0
    end)
    T.equal({ vim.fn.getqflist({ title = 0 }).title, #T.messages }, { 'Karel: 1/1 examples pass.', 1 })
    -- The list is the reader's until it is asked for again.
    T.equal(vim.fn.getqflist({ winid = 0 }).winid > 0, true)
    vim.cmd.KarelTest()
    T.wait('the summary', function()
      return T.messages[2]
    end)
    T.equal(vim.fn.getqflist({ winid = 0 }).winid, 0)
  end,

  [':KarelTest leads to the grid file that a failing example stands in'] = function(T)
    local buffer = T.open('.karel', { 'example "one":', '    input:', '        > .', 'def main():', '    move()' })
    local grids = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':r') .. '.kgrid'
    vim.fn.writefile({ '# Walls.', '', 'example "walled":', '    input:', '        > #' }, grids)
    T.attached(buffer)
    vim.cmd.KarelTest()
    T.wait('the summary', function()
      return T.messages[1]
    end)
    T.equal(T.messages, { '1/2 examples pass.' })
    local list = vim.fn.getqflist()
    T.equal({ #list, list[1].lnum, list[1].text }, { 1, 3, 'example "walled": crashed at action 3' })
    vim.cmd.cfirst()
    T.equal(vim.uv.fs_realpath(vim.api.nvim_buf_get_name(0)), vim.uv.fs_realpath(grids))
    T.equal({ vim.api.nvim_win_get_cursor(0)[1], vim.bo.buflisted }, { 3, true })
  end,

  ['a grid file that another program changes is told to the server'] = function(T)
    vim.g.karel_server = vim.list_extend(vim.deepcopy(T.toy_server), { 'watch' })
    local buffer = T.open('.karel', program)
    local client = T.attached(buffer)
    if not vim.tbl_get(client.capabilities, 'workspace', 'didChangeWatchedFiles', 'dynamicRegistration') then
      T.equal({ vim.fn.has('linux'), vim.fn.executable('inotifywait') }, { 1, 0 })
      T.skip('inotifywait (of inotify-tools) is not installed')
    end
    local grids = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':r') .. '.kgrid'
    T.wait('the change', function()
      -- Again and again, as the watcher takes its time to start.
      vim.fn.writefile({ 'example "a":' }, grids)
      return T.messages[1]
    end)
    T.equal(T.messages[1], 'changed: ' .. vim.fs.basename(grids))
  end,

  ['the home folder is not watched on Linux'] = function(T)
    if vim.fn.has('linux') == 0 then
      T.skip('another system watches files by itself')
    end
    -- As it is where inotifywait is installed.
    local executable = vim.fn.executable
    vim.fn.executable = function(name)
      return name == 'inotifywait' and 1 or executable(name)
    end
    local config = dofile(vim.fs.joinpath(require('karel.server').plugin_folder(), 'lsp/karel.lua'))
    vim.fn.executable = executable
    local function watched(root)
      local client = { capabilities = vim.deepcopy(config.capabilities) }
      config.before_init(client, { root_dir = root })
      return client.capabilities.workspace.didChangeWatchedFiles.dynamicRegistration
    end
    T.equal({ watched(vim.uv.os_homedir()), watched(vim.uv.os_homedir() .. '/karel') }, { false, true })
  end,

  [':KarelRestart starts another server for the open buffers'] = function(T)
    local buffer = T.open('.karel', program)
    local old = T.attached(buffer).id
    require('karel.status').set({ state = 'ready', engine = 'cpu', message = '' })
    vim.cmd.KarelRestart()
    T.wait('another client', function()
      local client = vim.lsp.get_clients({ bufnr = buffer, name = 'karel' })[1]
      return client and client.id ~= old and client.initialized
    end)
    T.equal(#vim.lsp.get_clients({ name = 'karel' }), 1)
    -- Nothing is known of the new server's engine.
    T.equal(require('karel').status(), '')
  end,

  [':KarelRestart stops a server that no buffer is attached to'] = function(T)
    local old
    require('karel.client').any(function(client)
      old = client
    end)
    T.wait('a server', function()
      return old
    end)
    local forced, terminate = false, old.rpc.terminate
    old.rpc.terminate = function()
      forced = true
      terminate()
    end
    vim.cmd.KarelRestart()
    T.wait('its end', function()
      return vim.lsp.get_client_by_id(old.id) == nil
    end)
    T.equal(forced, false)
  end,

  ['a server that runs is asked for templates, too, wherever Neovim stands'] = function(T)
    local running = T.attached(T.open('.karel', program))
    local asked
    require('karel.client').any(function(client)
      asked = client
    end)
    T.wait('a server', function()
      return asked
    end)
    T.equal(asked.id, running.id)
  end,

  ['the server does not ask over what one types'] = function(T)
    local client = T.attached(T.open('.karel', program))
    T.equal(client.settings.karel.synthesis.ask, false)
  end,

  ['without a server one message says what to do, and nothing fails'] = function(T)
    vim.g.karel_server = '/nowhere/karel-lsp'
    T.open('.karel', program)
    T.wait('a message', function()
      return T.messages[1]
    end)
    T.equal(T.messages[1], "vim.g.karel_server can't be run: '/nowhere/karel-lsp'.")
    T.equal(#vim.lsp.get_clients(), 0)
  end,

  [':checkhealth karel reports on the server'] = function(T)
    vim.cmd('silent checkhealth karel')
    local report = table.concat(T.lines(), '\n')
    for _, expected in ipairs({ 'toy_server.lua', 'synthesis engine', 'tree-sitter parser' }) do
      assert(report:find(expected, 1, true), ('no %q in:\n%s'):format(expected, report))
    end
    assert(not report:find('Failed to run healthcheck', 1, true), report)
  end,
}
