if not vim.b.did_ftplugin then
  vim.b.did_ftplugin = 1
  require('karel.buffer').setup()
end
