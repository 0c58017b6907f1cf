--- `:checkhealth karel`
local M = {}

--- First line of `PROGRAM --version`, nil if it does not say.
---@param program string
---@return string?
local function version(program)
  local ok, result = pcall(function()
    return vim.system({ program, '--version' }, { text = true, stdin = '' }):wait(3000)
  end)
  if ok and result.code == 0 then
    local line = vim.trim(vim.split(result.stdout or '', '\n')[1] or '')
    return line ~= '' and line or nil
  end
end

local function check_server()
  vim.health.start('Karel: language server')
  local command, problem = require('karel.server').find()
  if not command then
    vim.health.error(problem --[[@as string]], {
      "Run 'cargo xtask install' in the project, put karel-lsp on PATH, or name it in vim.g.karel_server.",
    })
    return
  end
  local said = #command == 1 and version(command[1]) or nil
  vim.health.ok(('`%s` (%s)'):format(table.concat(command, ' '), said or 'version unknown'))
  if vim.fn.has('linux') == 1 and vim.fn.executable('inotifywait') == 0 then
    vim.health.info(
      'What other programs change in a `.kgrid` file is not noticed: install inotifywait (inotify-tools) for that.'
    )
  end
  local clients = vim.lsp.get_clients({ name = 'karel' })
  if #clients == 0 then
    vim.health.info('Not running: it starts with the first Karel file.')
  end
  for _, client in ipairs(clients) do
    vim.health.ok(
      ('Running: client %d, %d buffer(s), %s'):format(
        client.id,
        vim.tbl_count(client.attached_buffers),
        client.offset_encoding
      )
    )
  end
end

local function check_engine()
  vim.health.start('Karel: synthesis engine')
  local command, problem = require('karel.server').find_engine()
  if not command then
    vim.health.warn(problem .. ' Everything but synthesis works.', {
      "Install it with 'cargo xtask install', or set karel.engine.command in vim.lsp.config('karel', ...).",
    })
    return
  end
  vim.health.ok(('`%s`'):format(table.concat(command, ' ')))
  local status = require('karel.status').get()
  if status then
    local report = (status.state == 'error' or status.state == 'absent') and vim.health.warn or vim.health.ok
    report(('%s: %s'):format(status.state, status.message or ''))
  end
end

local function check_parser()
  vim.health.start('Karel: tree-sitter parser')
  if not require('karel.buffer').has_parser() then
    vim.health.warn('The parser is not installed: colours come from the language server and a plain syntax file.', {
      'Run :KarelInstallParser (it needs a C compiler'
        .. (require('karel.install').compiler() and ', which is there).' or ', and none was found).'),
    })
    return
  end
  local information = vim.treesitter.language.inspect('karel')
  vim.health.ok(
    ('%s (ABI %s)'):format(
      vim.api.nvim_get_runtime_file('parser/karel.*', false)[1] or 'loaded',
      information.abi_version or information._abi_version or '?'
    )
  )
  for _, name in ipairs({ 'highlights', 'folds', 'indents', 'locals', 'injections', 'textobjects' }) do
    local ok, query = pcall(vim.treesitter.query.get, 'karel', name)
    if not ok then
      vim.health.error(('The query %s does not fit the parser: %s'):format(name, query), { 'Run :KarelInstallParser.' })
    elseif query then
      vim.health.ok(('query %s'):format(name))
    end
  end
end

--- Whether one plugin is loaded, and which: with two, files of both are mixed.
local function check_plugin()
  local found = {}
  for _, file in ipairs(vim.api.nvim_get_runtime_file('lua/karel/init.lua', true)) do
    found[vim.uv.fs_realpath(file) or file] = true
  end
  found = vim.tbl_keys(found)
  if #found > 1 then
    vim.health.warn('The plugin is there twice: ' .. table.concat(found, ', '), {
      "Take one off: the package that 'cargo xtask install' has put there, or the folder in your configuration.",
    })
  else
    vim.health.ok(require('karel.server').plugin_folder())
  end
end

function M.check()
  vim.health.start('Karel: Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    vim.health.ok(tostring(vim.version()))
  else
    vim.health.error('Neovim 0.11 or newer is needed.')
    return
  end
  check_plugin()
  check_server()
  check_engine()
  check_parser()
end

return M
