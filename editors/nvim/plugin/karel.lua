-- File types, commands, and what happens in a buffer that the language server is attached to.

if vim.g.loaded_karel then
  return
end
vim.g.loaded_karel = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('The Karel plugin needs Neovim 0.11 or newer.', vim.log.levels.WARN)
  return
end

-- `karel` itself is another robot's language in Neovim's own runtime.
vim.filetype.add({ extension = { karel = 'kareldsl', kgrid = 'karelgrid' } })
vim.treesitter.language.register('karel', { 'kareldsl', 'karelgrid' })
vim.lsp.enable('karel')
require('karel.keys').name()
require('karel.colours').set()

local function command(name, run, options)
  vim.api.nvim_create_user_command(name, function(call)
    run(require('karel'), call)
  end, options)
end

command('KarelNew', function(karel, call)
  karel.new(call.args ~= '' and call.args or nil)
end, {
  desc = 'Open a new program from a template: the one named, else one that you choose',
  nargs = '?',
  complete = function(typed)
    return require('karel.new').complete(typed)
  end,
})

command('KarelSynthesize', function(karel)
  karel.synthesize()
end, { desc = 'Synthesize what the cursor stands in: the hole, else the program' })

command('KarelNext', function(karel)
  karel.next_solution()
end, { desc = 'Put the next program that passes all examples in' })

command('KarelFix', function(karel)
  karel.fix()
end, { desc = 'Fix what is marked on this line' })

command('KarelExplain', function(karel, call)
  karel.explain(call.args ~= '' and call.args or nil)
end, { desc = 'Explain the diagnostic under the cursor, or the code that is named', nargs = '?' })

command('KarelLens', function(karel)
  karel.lens()
end, { desc = 'Run the lens of this line' })

command('KarelInferTrace', function(karel)
  karel.infer_trace()
end, { desc = 'Infer the trace of the example under the cursor' })

command('KarelTrace', function(karel, call)
  karel.show_trace(call.args ~= '' and call.args or nil)
end, {
  desc = "Show an example's run: the one named, else the one under the cursor",
  nargs = '?',
  complete = function(typed)
    return require('karel.trace').complete(typed)
  end,
})

command('KarelWorld', function(karel, call)
  karel.show_world(call.args ~= '' and call.args or nil, call.bang)
end, {
  desc = "Step through an example's run: the one named, else the one under the cursor; with ! in a browser",
  nargs = '?',
  bang = true,
  complete = function(typed)
    return require('karel.trace').complete(typed)
  end,
})

command('KarelTest', function(karel)
  karel.test()
end, { desc = 'Run every example and test of the file; failures go to the quickfix list' })

command('KarelCancel', function(karel)
  karel.cancel()
end, { desc = 'Cancel the work that the language server has reported as running' })

command('KarelRestart', function(karel)
  karel.restart()
end, { desc = 'Restart the language server' })

command('KarelLog', function(karel)
  karel.log()
end, { desc = 'Show all that Karel has said, and where the logs are' })

vim.api.nvim_create_user_command('KarelInstallParser', function(call)
  require('karel.install').install(call.args ~= '' and call.args or nil)
end, {
  desc = 'Compile the tree-sitter parser with the C compiler',
  nargs = '?',
  complete = 'dir',
})

local group = vim.api.nvim_create_augroup('karel', {})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'karel' then
      require('karel.buffer').attached(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('LspProgress', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'karel' then
      require('karel.status').progress(event.data.params.token, event.data.params.value)
    end
  end,
})

vim.api.nvim_create_autocmd('DiagnosticChanged', {
  group = group,
  desc = 'The examples have been run again',
  callback = function(event)
    if vim.list_contains({ 'kareldsl', 'karelgrid' }, vim.bo[event.buf].filetype) then
      require('karel.tests').refresh()
    end
  end,
})

vim.api.nvim_create_autocmd({ 'ColorScheme', 'OptionSet' }, {
  group = group,
  pattern = { '*', 'background' },
  callback = function(event)
    if event.event == 'ColorScheme' or event.match == 'background' then
      require('karel.colours').set()
    end
  end,
})

-- Loaded late, by hand or by a plugin manager: what is open already has another robot's file type.
for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
  local name = vim.api.nvim_buf_get_name(bufnr)
  if vim.api.nvim_buf_is_loaded(bufnr) and (vim.endswith(name, '.karel') or vim.endswith(name, '.kgrid')) then
    vim.api.nvim_buf_call(bufnr, function()
      vim.cmd('filetype detect')
    end)
  end
end
