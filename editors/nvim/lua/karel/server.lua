--- Finds the language server and the synthesis engine: what the user says, then `PATH`, then where
--- `cargo xtask install` puts them (beside an installed plugin, else in `~/.local/bin`), then the build of the
--- repository that this plugin lies in.
local M = {}

local windows = vim.fn.has('win32') == 1

--- Folder of the plugin, which is `editors/nvim` of the repository unless it was copied elsewhere.
---@return string
function M.plugin_folder()
  local this = vim.fs.normalize(debug.getinfo(1, 'S').source:sub(2))
  return vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(this, ':p'))))
end

--- Root of the repository, whether it is one or not.
---@return string
function M.repository()
  return vim.fs.dirname(vim.fs.dirname(M.plugin_folder()))
end

--- The prefix of the installation, where this plugin is the package in it that Neovim loads.
---@return string?
local function prefix()
  return M.plugin_folder():match('^(.*)/share/nvim/site/pack/karel/start/karel$')
end

---@param name string
---@return string? path
local function installed(name)
  local found = vim.fn.exepath(name)
  if found ~= '' then
    return found
  end
  local folders = { '~/.local/bin', vim.fs.joinpath(M.repository(), 'target', 'release') }
  if prefix() then
    table.insert(folders, 1, vim.fs.joinpath(prefix(), 'bin'))
  end
  for _, folder in ipairs(folders) do
    local file = vim.fs.joinpath(vim.fs.normalize(folder), windows and name .. '.exe' or name)
    if vim.fn.executable(file) == 1 then
      return file
    end
  end
end

--- The command that starts the language server, or nil and a sentence that says what to do.
--- A setting that names nothing is an error: the user asked for that server and for no other.
---@return string[]? command
---@return string? problem
function M.find()
  local wanted = vim.g.karel_server
  if type(wanted) == 'string' and wanted ~= '' then
    wanted = { wanted }
  end
  if type(wanted) == 'table' and #wanted > 0 then
    local command = vim.list_extend({ vim.fn.expand(wanted[1]) }, wanted, 2)
    if vim.fn.executable(command[1]) == 1 then
      return command
    end
    return nil, ("vim.g.karel_server can't be run: '%s'."):format(wanted[1])
  end
  local found = installed('karel-lsp')
  if found then
    return { found }
  end
  return nil, 'karel-lsp is not found: try cargo xtask install.'
end

--- The command that starts the synthesis engine, as the language server will find it.
---@return string[]? command
---@return string? problem
function M.find_engine()
  local settings = vim.tbl_get(vim.lsp.config.karel or {}, 'settings', 'karel', 'engine', 'command')
  if type(settings) == 'table' and #settings > 0 then
    if vim.fn.executable(settings[1]) == 1 then
      return settings
    end
    return nil, ("karel.engine.command can't be run: '%s'."):format(settings[1])
  end
  local server = M.find()
  local beside = server
    and vim.fs.joinpath(vim.fs.dirname(vim.fn.exepath(server[1])), windows and 'karel-synth.exe' or 'karel-synth')
  if beside and vim.fn.executable(beside) == 1 then
    return { beside, 'serve' }
  end
  local found = installed('karel-synth')
  if found then
    return { found, 'serve' }
  end
  return nil, 'The synthesis engine karel-synth is neither beside the language server nor on PATH.'
end

return M
