-- Work that lasts, what is told of it, and what becomes of the server.
local program = { 'example "one":', '    input:', '        > .', 'def main():', '    ...' }

local function slow(T)
  vim.g.karel_server = vim.list_extend(vim.deepcopy(T.toy_server), { 'slow' })
  local buffer = T.open('.karel', program)
  T.attached(buffer)
  vim.cmd.KarelSynthesize()
  T.wait('the work', function()
    return vim.startswith(vim.b[buffer].karel_status or '', 'Karel: Searching')
  end)
  return buffer
end

return {
  [':KarelCancel ends the work, without a word'] = function(T)
    local buffer = slow(T)
    T.wait('a second to pass', function()
      return vim.b[buffer].karel_status == 'Karel: Searching, 1 s'
    end)
    vim.cmd.KarelCancel()
    T.wait('the end', function()
      return vim.b[buffer].karel_status == ''
    end)
    local client = vim.lsp.get_clients({ bufnr = buffer })[1]
    T.wait('the answer', function()
      return vim.tbl_isempty(client.requests)
    end)
    T.equal(T.messages, {})
  end,

  ['progress is echoed, but not over a message'] = function(T)
    local shown, echo = {}, vim.api.nvim_echo
    vim.api.nvim_echo = function(chunks, history)
      shown[#shown + 1] = { chunks[1][1], history }
    end
    local status = require('karel.status')
    vim.g.karel_progress = nil
    status.progress(1, { kind = 'begin', title = 'Synthesizing' })
    status.progress(1, { kind = 'report', message = 'one\ntwo', percentage = 5 })
    status.progress(2, { kind = 'report', message = 'of other work' })
    status.progress(1, { kind = 'report', message = ('long '):rep(100) })
    require('karel.say').say('Nothing passes.')
    status.progress(1, { kind = 'report', message = 'more' })
    status.progress(1, { kind = 'end', message = '2/2 examples' })
    -- Once more, with nothing said: the line of the work goes.
    status.progress(1, { kind = 'begin', title = 'Again' })
    status.progress(1, { kind = 'end', message = '2/2 examples' })
    vim.g.karel_progress = false
    status.progress(1, { kind = 'begin', title = 'Silent' })
    status.progress(1, { kind = 'end' })
    vim.api.nvim_echo = echo
    assert(vim.fn.strdisplaywidth(shown[3][1]) < vim.o.columns, shown[3][1])
    shown[3] = nil
    T.equal(shown, {
      { 'Karel: Synthesizing (:KarelCancel)', false },
      { 'Karel: Synthesizing, one two, 5% (:KarelCancel)', false },
      [4] = { 'Karel: Again (:KarelCancel)', false },
      [5] = { '', false },
    })
    T.equal(T.messages, { 'Nothing passes.' })
  end,

  ['an engine that fails is told, once'] = function(T)
    local status = require('karel.status')
    T.open('.karel', program)
    local told = 0
    local id = vim.api.nvim_create_autocmd('User', {
      pattern = 'KarelStatus',
      callback = function()
        told = told + 1
      end,
    })
    status.set({ state = 'error', engine = '', message = 'The engine ended: out of memory.' })
    status.set({ state = 'error', engine = '', message = 'The engine ended: out of memory.' })
    T.equal(T.messages, { 'The engine ended: out of memory.' })
    T.equal(vim.b.karel_status, 'Karel: synthesis failed (:KarelLog)')
    status.set({ state = 'absent', engine = '', message = '' })
    T.equal(vim.b.karel_status, 'Karel: no synthesis (:checkhealth karel)')
    T.equal(require('karel').status(), vim.b.karel_status)
    vim.api.nvim_del_autocmd(id)
    T.equal(told, 3)
  end,

  ['a long message is cut after its beginning, shown whole for a while, and kept'] = function(T)
    local popup = require('karel.popup')
    local stays = popup.stays
    popup.stays = 1
    local text = 'Nothing passes all examples; ' .. ('the rest of the sentence is here '):rep(10)
    require('karel.say').say(text)
    assert(T.float():find('the rest of the sentence', 1, true), T.float())
    T.wait('the popup to go', function()
      return not T.float()
    end)
    popup.stays = stays
    -- It doesn't stand in the way of who goes on typing.
    popup.show('some text')
    T.equal(T.float(), 'some text')
    vim.api.nvim_exec_autocmds('InsertEnter', {})
    T.equal(T.float(), nil)
    T.equal(#T.messages, 1)
    assert(vim.startswith(T.messages[1], 'Nothing passes all examples; the rest'), T.messages[1])
    assert(vim.fn.strdisplaywidth(T.messages[1]) <= 55, T.messages[1])
    vim.cmd.KarelLog()
    assert(table.concat(T.lines(), '\n'):find(vim.trim(text), 1, true), 'not in the log')
    assert(vim.list_contains(T.lines(), vim.lsp.get_log_path()), 'the path of the log is not told')
  end,

  ["the plugin's own messages fit where they are shown"] = function(T)
    local root = vim.fs.joinpath(require('karel.server').plugin_folder(), 'lua/karel')
    local long, seen = {}, 0
    for file in vim.fs.dir(root) do
      local text = table.concat(vim.fn.readfile(vim.fs.joinpath(root, file)), '\n')
      for message in text:gmatch('say%(%(?[\'"]([^\n]-)[\'"][,):]') do
        seen = seen + 1
        if #message > 55 then
          long[#long + 1] = message
        end
      end
    end
    T.equal(long, {})
    assert(seen > 10, 'found only ' .. seen)
  end,

  [':KarelRestart stops a server that does not end by itself'] = function(T)
    vim.g.karel_server = vim.list_extend(vim.deepcopy(T.toy_server), { 'stubborn' })
    local buffer = T.open('.karel', program)
    local old = T.attached(buffer).id
    vim.cmd.KarelRestart()
    T.wait('another client', function()
      local client = vim.lsp.get_clients({ bufnr = buffer, name = 'karel' })[1]
      return client and client.id ~= old and client.initialized
    end)
    T.equal(#vim.lsp.get_clients({ name = 'karel' }), 1)
  end,

  ['the root is the repository, else the folder of the file'] = function(T)
    local root = vim.fn.tempname()
    vim.fn.mkdir(root .. '/.git', 'p')
    vim.fn.mkdir(root .. '/sub', 'p')
    vim.cmd.edit(root .. '/sub/a.karel')
    T.equal(T.attached(vim.api.nvim_get_current_buf()).root_dir, root)
    local other = vim.fn.tempname()
    vim.fn.mkdir(other, 'p')
    vim.cmd.edit(other .. '/a.karel')
    T.equal(T.attached(vim.api.nvim_get_current_buf()).root_dir, other)
  end,

  ['health names the engine beside the server, and a server that is missing'] = function(T)
    local folder = vim.fn.tempname()
    vim.fn.mkdir(folder, 'p')
    for _, name in ipairs({ 'karel-lsp', 'karel-synth' }) do
      vim.fn.writefile({ '#!/bin/sh', 'echo ' .. name .. ' 1.2' }, folder .. '/' .. name)
      vim.fn.setfperm(folder .. '/' .. name, 'rwxr-xr-x')
    end
    vim.g.karel_server = folder .. '/karel-lsp'
    local function report()
      vim.cmd('silent checkhealth karel')
      return table.concat(T.lines(), '\n')
    end
    local found = report()
    for _, expected in ipairs({ folder .. '/karel-lsp` (karel-lsp 1.2)', folder .. '/karel-synth serve`' }) do
      assert(found:find(expected, 1, true), ('no %s in:\n%s'):format(expected, found))
    end
    assert(not found:find('twice', 1, true), found)
    require('karel.status').set({ state = 'error', engine = '', message = 'The engine ended.' })
    found = report()
    assert(found:find('WARNING error: The engine ended.', 1, true), found)
    vim.lsp.config('karel', { settings = { karel = { engine = { command = { '/nowhere/engine' } } } } })
    found = report()
    vim.lsp.config('karel', { settings = { karel = { engine = { command = false } } } })
    assert(found:find("WARNING karel.engine.command can't be run: '/nowhere/engine'.", 1, true), found)
    local copy = vim.fn.tempname()
    vim.fn.mkdir(copy .. '/lua/karel', 'p')
    vim.fn.writefile({}, copy .. '/lua/karel/init.lua')
    vim.opt.runtimepath:append(copy)
    found = report()
    vim.opt.runtimepath:remove(copy)
    assert(found:find('The plugin is there twice', 1, true), found)
    vim.g.karel_server = '/nowhere'
    found = report()
    for _, expected in ipairs({ "can't be run: '/nowhere'", 'cargo xtask install' }) do
      assert(found:find(expected, 1, true), ('no %s in:\n%s'):format(expected, found))
    end
    assert(found:find('ERROR', 1, true), 'a missing server is no error:\n' .. found)
  end,

  ['an installed plugin finds the server that was installed with it'] = function(T)
    local prefix = vim.fn.tempname()
    local folder = prefix .. '/share/nvim/site/pack/karel/start/karel/lua/karel'
    vim.fn.mkdir(folder, 'p')
    vim.fn.mkdir(prefix .. '/bin', 'p')
    local source = vim.fs.joinpath(require('karel.server').plugin_folder(), 'lua/karel/server.lua')
    vim.uv.fs_copyfile(source, folder .. '/server.lua')
    vim.fn.writefile({ '#!/bin/sh' }, prefix .. '/bin/karel-lsp')
    vim.fn.setfperm(prefix .. '/bin/karel-lsp', 'rwxr-xr-x')
    local path = vim.env.PATH
    vim.env.PATH, vim.g.karel_server = '/nowhere', nil
    local found = dofile(folder .. '/server.lua').find()
    vim.env.PATH = path
    T.equal(found, { prefix .. '/bin/karel-lsp' })
  end,

  ['a parser that does not compile is reported'] = function(T)
    local compiler, problem = vim.env.CC, nil
    vim.env.CC = 'false'
    require('karel.install').install(nil, function(path, why)
      problem = path or why
    end, vim.fn.tempname())
    vim.env.CC = compiler
    T.wait('the end', function()
      return problem
    end)
    assert(problem:find('did not compile', 1, true), problem)
  end,
}
