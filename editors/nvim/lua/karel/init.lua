--- What the commands and keys do. All of it works on the current buffer and its language server.
local M = {}

--- Loads the plugin where Neovim or a plugin manager has not, and sets its options: `setup({ codelens = false })` is
--- `vim.g.karel_codelens = false`. Nothing else has to be called.
---@param options? table<string, any>
function M.setup(options)
  for name, value in pairs(options or {}) do
    vim.g['karel_' .. name] = value
  end
  if not vim.g.loaded_karel then
    vim.cmd.source(vim.fn.fnameescape(vim.fs.joinpath(require('karel.server').plugin_folder(), 'plugin', 'karel.lua')))
  end
end

--- Fills the hole that the cursor is in, else writes the program.
function M.synthesize()
  local client = require('karel.client')
  client.execute(0, 'karel.synthesize', client.at_cursor())
end

function M.infer_trace()
  local client = require('karel.client')
  client.execute(0, 'karel.inferTrace', client.at_cursor())
end

--- Puts the next program that passes all examples in the place of the last.
function M.next_solution()
  require('karel.client').execute(0, 'karel.nextSolution', { vim.uri_from_bufnr(0) })
end

--- Shows an example's run: of the one named, else of the one under the cursor.
---@param name? string
function M.show_trace(name)
  require('karel.trace').show(name)
end

--- Steps through an example's run: of the one named, else of the one under the cursor.
---@param name? string
---@param browser? boolean shows the page in a browser instead
function M.show_world(name, browser)
  if browser then
    require('karel.world').browse()
  else
    require('karel.world').show(name)
  end
end

--- Runs every example.
function M.test()
  require('karel.tests').run()
end

--- The quick fixes of what is marked on the line.
function M.fix()
  require('karel.fix').fix()
end

--- Runs the lens of the line.
function M.lens()
  require('karel.lenses').run()
end

--- Opens the explanation of what is marked here, or of a code.
---@param code? string
function M.explain(code)
  require('karel.explain').explain(code)
end

--- Opens a new program from a template.
---@param template? string its name; asks if nil
function M.new(template)
  require('karel.new').new(template)
end

--- Cancels every piece of work that the server has begun to report and not ended.
function M.cancel()
  for _, client in ipairs(vim.lsp.get_clients({ name = 'karel' })) do
    for token in pairs(client.progress.pending) do
      client:notify('window/workDoneProgress/cancel', { token = token })
    end
  end
end

function M.restart()
  require('karel.client').restart()
end

function M.log()
  require('karel.say').open_log()
end

--- For a status line: the server's work or the engine's state in a few words, empty where nothing is known.
---@return string
function M.status()
  return require('karel.status').text()
end

return M
