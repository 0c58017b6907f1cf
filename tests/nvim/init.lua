-- A user's configuration with nothing but the plugin, taken from the repository, and the built programs on PATH.
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))))
root = vim.fn.fnamemodify(root, ':p'):gsub('/$', '')
vim.g.karel_root = root
vim.env.PATH = vim.env.KAREL_BIN .. ':' .. vim.env.PATH
vim.opt.swapfile = false
vim.opt.runtimepath:prepend(root .. '/editors/nvim')
-- Milliseconds that a synthesis may take: nothing here is about time.
vim.lsp.config('karel', { settings = { karel = { synthesis = { budget = 600000 } } } })
