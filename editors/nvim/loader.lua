-- Put into Neovim's folder `site/plugin` by `cargo xtask install`. Neovim itself loads the package in `site/pack`; plugin
-- managers that reset 'packpath' (lazy.nvim) don't, but they leave `site` on the runtime path: there this loads it.
if vim.g.loaded_karel then
  return
end
local site = vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local package = vim.fs.joinpath(vim.fs.normalize(site), 'pack', 'karel', 'start', 'karel')
if not vim.uv.fs_stat(package) then
  return
end
local on_path = vim.iter(vim.api.nvim_list_runtime_paths()):any(function(path)
  return vim.uv.fs_realpath(path) == vim.uv.fs_realpath(package)
end)
if not on_path then
  vim.opt.runtimepath:append(package)
  vim.cmd.source(vim.fn.fnameescape(vim.fs.joinpath(package, 'plugin', 'karel.lua')))
end
