-- Neovim with nothing but this plugin:  nvim --headless --clean -u test/init.lua ...
-- Nothing is read from or left in the user's own folders: these are empty, and go with Neovim.
for _, kind in ipairs({ 'CONFIG', 'DATA', 'STATE', 'CACHE' }) do
  local folder = vim.fs.joinpath(vim.fn.tempname(), kind:lower())
  vim.fn.mkdir(folder, 'p')
  vim.env[('XDG_%s_HOME'):format(kind)] = folder
end
vim.opt.runtimepath:prepend(
  vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
)
-- Where the tests put the parser.
vim.opt.runtimepath:append(vim.fs.joinpath(vim.fn.stdpath('data'), 'site'))
vim.opt.swapfile = false
-- What headless Neovim shows goes to standard error, among the results.
vim.opt.showmode = false
vim.g.karel_progress = false
vim.cmd.runtime('plugin/karel.lua')
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
