-- Every documented way to have the plugin loaded, each in a Neovim of its own with an `init.lua` as a user writes it.
-- lazy.nvim itself is in no package registry: `LAZY` does to the paths, and loads in the order, that it does.

local REPOSITORY = vim.g.karel_root .. '/editors/nvim'
local INSTALLED = vim.env.KAREL_INSTALLED
local PACKAGE = INSTALLED .. '/share/nvim/site/pack/karel/start/karel'

--- lazy.nvim's start: `lazy(specifications, keeps_site)`. Its older versions take `site` off the runtime path.
local LAZY = [[
local function source(folder)
  for name, kind in vim.fs.dir(folder .. '/plugin', { depth = 5 }) do
    if kind == 'file' and (vim.endswith(name, '.lua') or vim.endswith(name, '.vim')) then
      vim.cmd.source(vim.fn.fnameescape(folder .. '/plugin/' .. name))
    end
  end
end
local function lazy(specifications, keeps_site)
  local own = vim.fn.stdpath('data') .. '/lazy/lazy.nvim'
  vim.go.packpath = vim.env.VIMRUNTIME
  local library = vim.fn.fnamemodify(vim.v.progpath, ':p:h:h') .. '/lib/nvim'
  local paths = { vim.fn.stdpath('config'), own, vim.env.VIMRUNTIME, library, vim.fn.stdpath('config') .. '/after' }
  if keeps_site then
    table.insert(paths, 2, vim.fn.stdpath('data') .. '/site')
  end
  vim.opt.runtimepath = paths
  vim.go.loadplugins = false
  vim.cmd.source(vim.env.VIMRUNTIME .. '/filetype.lua')
  for _, specification in ipairs(specifications) do
    local folder = vim.fs.normalize(specification.dir)
    local with = vim.opt.runtimepath:get()
    table.insert(with, 3, folder)
    vim.opt.runtimepath = with
    source(folder)
    if specification.opts then
      require('karel').setup(specification.opts)
    end
  end
  for _, folder in ipairs(paths) do
    if not vim.endswith(folder, 'after') then
      source(folder)
    end
  end
  vim.cmd('filetype plugin indent on')
end
]]

--- Runs in the Neovim that is looked at, and writes what it finds.
local PROBE = [[
vim.wait(300000, function()
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  return vim.bo.filetype ~= 'kareldsl' or client and client.initialized
end, 20)
local found = {
  filetype = vim.bo.filetype,
  indent = vim.bo.shiftwidth,
  servers = #vim.lsp.get_clients({ bufnr = 0 }),
  lenses = vim.g.karel_codelens,
  command = vim.fn.exists(':KarelTest'),
  copies = #vim.api.nvim_get_runtime_file('lua/karel/init.lua', true),
  parser = pcall(vim.treesitter.get_parser, 0),
  folder = vim.uv.fs_realpath(require('karel.server').plugin_folder()),
}
local helped, problem = pcall(vim.cmd.help, 'karel')
found.help = helped and vim.fs.basename(vim.api.nvim_buf_get_name(0)) or problem
vim.fn.writefile({ vim.json.encode(found) }, vim.env.FOUND)
vim.cmd('qall!')
]]

local number = 0

--- What is there after a start with `init` as `init.lua`, when a program has been opened: by `-c edit`, or before any
--- of `late` is run.
local function start(t, init, options)
  options = options or {}
  number = number + 1
  local home = vim.fs.joinpath(vim.fn.tempname(), tostring(number))
  vim.fn.mkdir(home .. '/config/nvim', 'p')
  vim.fn.mkdir(home .. '/data', 'p')
  vim.fn.writefile(vim.split(init, '\n'), home .. '/config/nvim/init.lua')
  vim.fn.writefile(vim.split(PROBE, '\n'), home .. '/probe.lua')
  vim.fn.writefile(vim.split(options.late or '', '\n'), home .. '/late.lua')
  vim.fn.writefile({ 'def main():', '    ...' }, home .. '/a.karel')
  if options.package then
    vim.fn.mkdir(vim.fs.dirname(home .. '/data/nvim/site/' .. options.package), 'p')
    vim.uv.fs_symlink(REPOSITORY, home .. '/data/nvim/site/' .. options.package)
  end
  local command = { vim.v.progpath, '--headless', '-i', 'NONE', '-n' }
  vim.list_extend(command, options.late and { home .. '/a.karel' } or { '-c', 'edit ' .. home .. '/a.karel' })
  vim.list_extend(command, { '-c', 'luafile ' .. home .. '/late.lua', '-c', 'luafile ' .. home .. '/probe.lua' })
  local done = vim
    .system(command, {
      cwd = home,
      env = {
        XDG_CONFIG_HOME = home .. '/config',
        XDG_DATA_HOME = options.installed and INSTALLED .. '/share' or home .. '/data',
        XDG_STATE_HOME = home .. '/state',
        XDG_CACHE_HOME = home .. '/cache',
        FOUND = home .. '/found.json',
        HOME = home,
      },
    })
    :wait()
  t.ok(vim.fn.filereadable(home .. '/found.json') == 1, 'Neovim ended early: ' .. done.stderr)
  t.equal(vim.trim(done.stderr), '')
  return vim.json.decode(table.concat(vim.fn.readfile(home .. '/found.json')))
end

--- Checks that all is there, from the plugin in `folder`.
local function loads(t, folder, found)
  t.equal({ found.filetype, found.indent, found.servers, found.command, found.copies }, { 'kareldsl', 4, 1, 2, 1 })
  t.equal(found.help, 'karel.txt')
  t.equal(found.folder, vim.uv.fs_realpath(folder))
end

test('without the plugin there is none: the probe can tell', function(t)
  local found = start(t, "package.preload['karel.server'] = function() return { plugin_folder = vim.uv.cwd } end")
  t.equal(
    { found.filetype ~= 'kareldsl', found.servers, found.command, found.help },
    { true, 0, 0, 'Vim:E149: Sorry, no help for karel' }
  )
end)

test('installed: Neovim loads it by itself, with its parser', function(t)
  local found = start(t, '', { installed = true })
  loads(t, PACKAGE, found)
  t.equal(found.parser, true)
end)

test('installed: lazy.nvim needs to be told nothing', function(t)
  local found = start(t, LAZY .. 'lazy({}, true)', { installed = true })
  loads(t, PACKAGE, found)
  t.equal(found.parser, true)
end)

test('installed: a lazy.nvim that takes site away is told the folder', function(t)
  loads(t, PACKAGE, start(t, LAZY .. ("lazy({ { dir = '%s' } }, false)"):format(PACKAGE), { installed = true }))
end)

test('installed, and told the folder all the same: it is loaded once', function(t)
  loads(t, PACKAGE, start(t, LAZY .. ("lazy({ { dir = '%s' } }, true)"):format(PACKAGE), { installed = true }))
  loads(t, REPOSITORY, start(t, LAZY .. ("lazy({ { dir = '%s' } }, true)"):format(REPOSITORY), { installed = true }))
end)

test('lazy.nvim, from the repository', function(t)
  for _, keeps_site in ipairs({ 'true', 'false' }) do
    loads(t, REPOSITORY, start(t, LAZY .. ("lazy({ { dir = '%s' } }, %s)"):format(REPOSITORY, keeps_site)))
  end
end)

test('lazy.nvim, with options', function(t)
  local found = start(t, LAZY .. ("lazy({ { dir = '%s', opts = { codelens = false } } }, true)"):format(REPOSITORY))
  loads(t, REPOSITORY, found)
  t.equal(found.lenses, false)
end)

test('the runtime path in init.lua', function(t)
  loads(t, REPOSITORY, start(t, ("vim.opt.runtimepath:prepend('%s')"):format(REPOSITORY)))
end)

test('the runtime path after lazy.nvim, and setup', function(t)
  local init = LAZY .. "lazy({}, true)\nvim.opt.runtimepath:prepend('%s')\nrequire('karel').setup()"
  loads(t, REPOSITORY, start(t, init:format(REPOSITORY)))
end)

test('vim-plug: the folder on the runtime path, then file types and syntax on', function(t)
  local init = ("vim.cmd('set runtimepath^=%s')\nvim.cmd('filetype plugin indent on')\nvim.cmd('syntax enable')"):format(
    vim.fn.escape(REPOSITORY, ' ,')
  )
  loads(t, REPOSITORY, start(t, init))
end)

test('a package of the user, by packadd', function(t)
  loads(t, REPOSITORY, start(t, "vim.cmd.packadd('karel')", { package = 'pack/mine/opt/karel' }))
end)

test('loaded after a program was opened', function(t)
  local late = ("vim.opt.runtimepath:prepend('%s')\nrequire('karel').setup()"):format(REPOSITORY)
  loads(t, REPOSITORY, start(t, '', { late = late }))
end)

test('setup of a plugin that is loaded only sets options', function(t)
  local init = ("vim.opt.runtimepath:prepend('%s')\nrequire('karel').setup({ codelens = false })"):format(REPOSITORY)
  local found = start(t, init)
  loads(t, REPOSITORY, found)
  t.equal(found.lenses, false)
end)
