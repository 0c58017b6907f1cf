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

local function command(name, run, options)
  vim.api.nvim_create_user_command(name, function(call)
    run(require('karel'), call)
  end, options)
end

command('KarelSynthesize', function(karel)
  karel.synthesize()
end, { desc = 'Synthesize what the cursor stands in: the hole, else the program' })

command('KarelInferTrace', function(karel)
  karel.infer_trace()
end, { desc = 'Infer the trace of the example under the cursor' })

command('KarelTrace', function(karel, call)
  karel.show_trace(call.args ~= '' and call.args or nil)
end, {
  desc = "Show an example's run: the one named, else the one under the cursor",
  nargs = '?',
  complete = function(typed)
    return require('karel').complete_example(typed)
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
end, { desc = "Open the log of Neovim's language clients" })

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
      require('karel.status').progress(event.data.params.value)
    end
  end,
})
