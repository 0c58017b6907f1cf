-- What helps while one writes: fixes, reasons, explanations, completion, templates, lenses, keys, colours.
local program = { 'example "one":', '    input:', '        > .', 'def main():', '    ...' }

--- Chooses the entry of `vim.ui.select` with that number, while `run` runs and after; returns the entries' texts.
local function selecting(T, number, run)
  local offered
  local select = vim.ui.select
  vim.ui.select = function(items, options, choose)
    offered = vim.tbl_map(options.format_item or tostring, items)
    choose(items[number], number)
  end
  run()
  local ok, problem = pcall(T.wait, 'a choice', function()
    return offered
  end)
  vim.ui.select = select
  assert(ok, problem)
  return offered
end

local function with_mistake(T)
  local buffer = T.open('.karel', { 'def main():', '    move() BAD move()' })
  T.attached(buffer)
  T.wait('the mark', function()
    return vim.diagnostic.get(buffer)[1]
  end)
  return buffer
end

return {
  [':KarelFix mends what is marked anywhere on the line'] = function(T)
    local buffer = with_mistake(T)
    vim.api.nvim_win_set_cursor(0, { 2, 0 })
    -- One of the two fixes is preferred: nothing is asked.
    local select, asked = vim.ui.select, false
    vim.ui.select = function()
      asked = true
    end
    vim.cmd.KarelFix()
    T.wait('the fix', function()
      return asked or T.lines(buffer)[2] == '    move() good move()'
    end)
    vim.ui.select = select
    T.equal(asked, false)
    T.wait('no mark', function()
      return not vim.diagnostic.get(buffer)[1]
    end)
    vim.cmd.KarelFix()
    T.equal(T.messages, { 'Nothing is marked on this line: ]d goes to the next.' })
  end,

  [':KarelExplain opens the explanation at its place'] = function(T)
    with_mistake(T)
    vim.api.nvim_win_set_cursor(0, { 2, 0 })
    vim.cmd.KarelExplain()
    T.equal({ vim.fn.getline('.'), vim.bo.modifiable, #vim.api.nvim_list_wins() }, { '### K002', false, 2 })
    -- The page is open already; a code may be named in any letters.
    vim.cmd.wincmd('p')
    vim.cmd.KarelExplain('k001')
    T.equal({ vim.fn.getline('.'), #vim.api.nvim_list_wins() }, { '### K001', 2 })
    vim.cmd.KarelExplain('K999')
    vim.cmd.wincmd('p')
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    vim.cmd.KarelExplain()
    T.equal(T.messages, { "There is no code 'K999'.", 'Nothing is marked on this line: ]d goes to the next.' })
  end,

  ['what can be done hides what can not'] = function(T)
    T.attached(T.open('.karel', program))
    vim.api.nvim_win_set_cursor(0, { 5, 4 })
    T.equal(selecting(T, 0, vim.lsp.buf.code_action), { 'Synthesize the hole' })
  end,

  ['where nothing can be done the reason is in the list, once, and told when it is chosen'] = function(T)
    local buffer = T.open('.karel', vim.list_extend({ '# REFUSED' }, program))
    T.attached(buffer)
    local before = T.lines(buffer)
    vim.api.nvim_win_set_cursor(0, { 6, 4 })
    T.equal(selecting(T, 1, vim.lsp.buf.code_action), { '✗ Synthesize the program: The engine is missing.' })
    T.wait('the reason', function()
      return T.messages[1]
    end)
    T.equal({ T.messages, T.lines(buffer) }, { { 'The engine is missing.' }, before })
  end,

  ['an action that fails is told, without a number, and changes nothing'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    vim.api.nvim_win_set_cursor(0, { 5, 4 })
    selecting(T, 1, vim.lsp.buf.code_action)
    T.wait('the reason', function()
      return T.messages[1]
    end)
    T.equal({ T.messages, T.lines(buffer) }, { { 'Nothing was found.' }, program })
  end,

  [':KarelNew opens a template, in a folder without any Karel file'] = function(T)
    local folder, before = vim.fn.tempname(), vim.fn.getcwd()
    vim.fn.mkdir(folder)
    vim.cmd.cd(folder)
    local offered = selecting(T, 2, function()
      vim.cmd.KarelNew()
    end)
    T.equal(offered, { 'Walk: To the wall', 'Turn: On the spot' })
    T.equal(vim.fs.basename(vim.api.nvim_buf_get_name(0)), 'turn.karel')
    T.equal(
      { T.lines(), vim.bo.filetype, vim.bo.modified },
      { { '# Turns.', 'def main():', '    turnLeft()' }, 'kareldsl', true }
    )
    T.equal(vim.api.nvim_win_get_cursor(0), { 2, 0 })
    -- By its name; the cursor goes to the hole; nothing is overwritten.
    vim.fn.writefile({}, folder .. '/walk.karel')
    vim.cmd.KarelNew('walk')
    T.wait('the program', function()
      return vim.fs.basename(vim.api.nvim_buf_get_name(0)) == 'walk-2.karel'
    end)
    T.equal({ vim.api.nvim_win_get_cursor(0), vim.fn.filereadable(folder .. '/turn.karel') }, { { 2, 4 }, 0 })
    T.equal(vim.fn.getcompletion('KarelNew t', 'cmdline'), { 'turn' })
    vim.cmd.KarelNew('nothing')
    T.wait('the refusal', function()
      return T.messages[#T.messages] == "No template is called 'nothing': try :KarelNew."
    end)
    T.attached(vim.api.nvim_get_current_buf())
    T.equal(#vim.lsp.get_clients({ name = 'karel' }), 1)
    vim.cmd.cd(before)
  end,

  [':KarelNext asks for the next solution'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    vim.cmd.KarelNext()
    T.wait('the answer', function()
      return T.messages[1]
    end)
    local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
    T.equal(T.messages, { ('There is no other solution of %s.'):format(name) })
  end,

  ['completion comes as one types, expands, and leaves Enter alone'] = function(T)
    local buffer = T.open('.karel', { 'def main():', '    ' })
    local client = T.attached(buffer)
    T.equal({ vim.bo.completeopt:find('noselect') ~= nil, vim.bo.completeopt:find('menuone') ~= nil }, { true, true })
    local triggers = client.server_capabilities.completionProvider.triggerCharacters
    T.equal({
      vim.list_contains(triggers, 'w'),
      vim.list_contains(triggers, '('),
      vim.list_contains(triggers, ':'),
    }, { true, true, false })
    local enter = vim.fn.maparg('<CR>', 'i', false, true)
    T.equal(enter.buffer, 1)
    -- With the menu open Enter takes an entry only that has been gone to.
    local pumvisible, complete_info = vim.fn.pumvisible, vim.fn.complete_info
    local pressed = { enter.callback() }
    vim.fn.pumvisible = function()
      return 1
    end
    for _, selected in ipairs({ -1, 0 }) do
      vim.fn.complete_info = function()
        return { selected = selected }
      end
      pressed[#pressed + 1] = enter.callback()
    end
    vim.fn.pumvisible, vim.fn.complete_info = pumvisible, complete_info
    T.equal(pressed, { '<CR>', '<C-e><CR>', '<C-y>' })
    local enable, options = vim.lsp.completion.enable, nil
    vim.lsp.completion.enable = function(_, _, _, given)
      options = given
    end
    require('karel.completion').attach(client, buffer)
    vim.lsp.completion.enable = enable
    T.equal(options, { autotrigger = true })
  end,

  ['completion stands back where it is not wanted, or another plugin does it'] = function(T)
    local function completes()
      T.attached(T.open('.karel', program))
      return vim.fn.maparg('<CR>', 'i') ~= ''
    end
    vim.g.karel_completion = false
    T.equal({ completes(), vim.bo.completeopt }, { false, '' })
    vim.g.karel_completion = nil
    package.loaded['blink.cmp'] = {}
    T.equal(completes(), false)
    package.loaded['blink.cmp'] = nil
    vim.keymap.set('i', '<CR>', '<CR>x')
    T.attached(T.open('.karel', program))
    T.equal(vim.fn.maparg('<CR>', 'i'), '<CR>x')
    vim.keymap.del('i', '<CR>')
    T.equal(completes(), true)
  end,

  ['inlay hints and messages are on, unless they are not wanted or shown otherwise'] = function(T)
    local buffer = T.open('.karel', program)
    local client = T.attached(buffer)
    T.wait('hints', function()
      return vim.lsp.inlay_hint.is_enabled({ bufnr = buffer })
    end)
    local shown = vim.diagnostic.config(nil, vim.lsp.diagnostic.get_namespace(client.id))
    assert(shown.virtual_text, 'no messages beside the lines')
    vim.g.karel_inlay_hints = false
    vim.diagnostic.config({ virtual_lines = true })
    client:stop(true)
    T.wait('the end', function()
      return #vim.lsp.get_clients() == 0
    end)
    local other = T.open('.karel', program)
    client = T.attached(other)
    shown = vim.diagnostic.config(nil, vim.lsp.diagnostic.get_namespace(client.id)) or {}
    T.equal({ vim.lsp.inlay_hint.is_enabled({ bufnr = other }), shown.virtual_text }, { false, nil })
    vim.g.karel_inlay_hints = nil
    vim.diagnostic.config({ virtual_lines = false })
  end,

  ['lenses follow the text, and stay after one has been run'] = function(T)
    local buffer = T.open('.karel', program)
    local client = T.attached(buffer)
    if vim.lsp.codelens.enable then
      T.skip('Neovim 0.12 and newer draw lenses by themselves')
    end
    local function drawn()
      local namespace = vim.lsp.codelens.__namespaces[client.id]
      return #vim.api.nvim_buf_get_extmarks(buffer, namespace, 0, -1, {})
    end
    T.wait('a lens', function()
      return drawn() == 1
    end)
    vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { 'example "two":', '    input:', '        >' })
    vim.api.nvim_exec_autocmds('TextChanged', { buffer = buffer })
    T.wait('another lens', function()
      return drawn() == 2
    end)
    for _, run in ipairs({ vim.lsp.codelens.run, vim.cmd.KarelLens }) do
      vim.api.nvim_win_set_cursor(0, { 1, 0 })
      run()
      T.wait('the run', T.float)
      T.wait('all lenses', function()
        return drawn() == 2
      end)
      vim.cmd('silent! fclose!')
    end
  end,

  [':KarelLens runs the nearest lens above'] = function(T)
    local buffer = T.open('.karel', { '# text', unpack(program) })
    T.attached(buffer)
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    vim.cmd.KarelLens()
    T.equal(T.messages, { 'No lens at or above this line.' })
    T.wait('lenses', function()
      return #vim.lsp.codelens.get(vim.lsp.codelens.enable and { bufnr = buffer } or buffer) > 0
    end)
    vim.api.nvim_win_set_cursor(0, { 4, 0 })
    vim.cmd.KarelLens()
    T.wait('the run', T.float)
    assert(T.float():find('of ' .. vim.fs.basename(vim.api.nvim_buf_get_name(buffer)), 1, true), T.float())
  end,

  ['a run that is shown goes when the program or its grids change'] = function(T)
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    local grid = T.open('.kgrid', { 'example "a":', '    input:', '        >' })
    vim.cmd.buffer(buffer)
    for _, changed in ipairs({ buffer, grid }) do
      vim.cmd.KarelTrace('one')
      T.wait('the run', T.float)
      vim.api.nvim_buf_set_lines(changed, 0, 0, false, { '# changed' })
      T.wait('it to go', function()
        return not T.float()
      end)
    end
  end,

  ['keys are mapped in Karel buffers, and not where the user maps them'] = function(T)
    vim.g.karel_server = '/nowhere'
    vim.keymap.set('n', '<LocalLeader>s', '<Cmd>let g:mine = 1<CR>')
    T.open('.karel', program)
    T.equal(vim.fn.maparg('<LocalLeader>t', 'n'), '<Plug>(karel-test)')
    T.equal(vim.fn.maparg('<LocalLeader>s', 'n'), '<Cmd>let g:mine = 1<CR>')
    -- Gone with the file type, and so is tree-sitter.
    vim.bo.filetype = 'text'
    T.equal(vim.fn.maparg('<LocalLeader>t', 'n'), '')
    -- A name that is mapped has no default.
    vim.keymap.set('n', '<F5>', '<Plug>(karel-test)')
    T.open('.karel', program)
    T.equal(
      { vim.fn.maparg('<LocalLeader>t', 'n'), vim.fn.maparg('<LocalLeader>n', 'n') },
      { '', '<Plug>(karel-next)' }
    )
    vim.keymap.del('n', '<F5>')
    vim.keymap.del('n', '<LocalLeader>s')
    vim.g.karel_maps = false
    T.open('.karel', program)
    T.equal(vim.fn.maparg('<LocalLeader>n', 'n'), '')
    vim.g.karel_maps = nil
  end,

  ['every key does what its command does'] = function(T)
    local karel, called = require('karel'), {}
    local own = {}
    for _, key in ipairs(require('karel.keys').all) do
      assert(type(karel[key.call]) == 'function', key.call)
      own[key.call] = karel[key.call]
      karel[key.call] = function()
        called[#called + 1] = key.call
      end
    end
    vim.g.karel_server = '/nowhere'
    T.open('.karel', program)
    for _, key in ipairs(require('karel.keys').all) do
      -- Neovim 0.12 has a key of its own for lenses.
      local ours = vim.tbl_filter(function(keys)
        return vim.fn.maparg(keys, 'n', false, true).buffer == 1
      end, key.keys)
      assert(#ours > 0, key.name)
      for _, keys in ipairs(ours) do
        called = {}
        keys = keys:gsub('<LocalLeader>', '\\')
        vim.api.nvim_feedkeys(keys, 'xt', false)
        T.equal({ keys, called }, { keys, { key.call } })
      end
    end
    for name, call in pairs(own) do
      karel[name] = call
    end
  end,

  ['robot, markers, wall and ground are told apart in every colour scheme, dark and light'] = function(T)
    local groups = { 'KarelRobot', 'KarelMarkers', 'KarelWall', 'Normal' }
    local alike = {}
    for _, scheme in ipairs(vim.fn.getcompletion('', 'color')) do
      for _, background in ipairs({ 'dark', 'light' }) do
        vim.o.background = background
        vim.cmd.colorscheme(scheme)
        local seen = {}
        for _, name in ipairs(groups) do
          local group = vim.api.nvim_get_hl(0, { name = name, link = false })
          local look = vim.inspect({ group.fg, group.bg, group.bold, group.reverse, group.underline, group.italic })
          if seen[look] then
            alike[#alike + 1] = ('%s, %s: %s and %s'):format(scheme, background, seen[look], name)
          end
          seen[look] = name
        end
      end
    end
    vim.cmd.colorscheme('default')
    T.equal(alike, {})
    -- The cells show them.
    T.equal(vim.api.nvim_get_hl(0, { name = '@character.special.karel' }).link, 'KarelRobot')
    -- A group of the user's own stays.
    vim.api.nvim_set_hl(0, 'KarelRobot', { fg = '#ff0000' })
    require('karel.colours').set()
    T.equal(vim.api.nvim_get_hl(0, { name = 'KarelRobot' }).fg, 0xff0000)
    vim.api.nvim_set_hl(0, 'KarelRobot', {})
    require('karel.colours').set()
  end,

  ['the status line shows the state, unless the user has one'] = function(T)
    T.attached(T.open('.karel', program))
    assert(vim.wo.statusline:find('karel_status', 1, true), vim.wo.statusline)
    vim.g.karel_statusline = false
    T.equal(require('karel.status').statusline(), nil)
    vim.g.karel_statusline = nil
    vim.go.statusline = '%f'
    T.equal(require('karel.status').statusline(), nil)
    vim.go.statusline = vim.api.nvim_get_option_info2('statusline', {}).default
    assert(require('karel.status').statusline())
  end,
}
