-- Neovim with nothing but this plugin:  nvim --headless --clean -u test/init.lua ...
vim.opt.runtimepath:prepend(vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))))
-- Where the tests put the parser.
vim.opt.runtimepath:append(vim.fs.joinpath(vim.fn.stdpath('data'), 'site'))
vim.opt.swapfile = false
-- What headless Neovim shows goes to standard error, among the results.
vim.opt.showmode = false
vim.g.karel_progress = false
vim.cmd.runtime('plugin/karel.lua')
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
