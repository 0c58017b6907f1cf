-- The language server, for `vim.lsp.enable('karel')`. Change any of it with `vim.lsp.config('karel', {...})`.

-- On Linux Neovim watches no files by itself: its own way walks the whole folder while the user waits. `inotifywait`
-- does it in a process of its own.
local inotify = vim.fn.has('linux') == 1 and vim.fn.executable('inotifywait') == 1

---@type vim.lsp.Config
return {
  -- Found when it is started, so that an installation or a change of `vim.g.karel_server` needs no restart.
  cmd = function(dispatchers, config)
    local command = assert(require('karel.server').find())
    return vim.lsp.rpc.start(command, dispatchers, config and { cwd = config.root_dir } or nil)
  end,
  filetypes = { 'kareldsl', 'karelgrid' },
  -- Calling `on_dir` starts the server: where there is none, the user is told once, and nothing fails.
  root_dir = function(bufnr, on_dir)
    local command, problem = require('karel.server').find()
    -- A `cmd` of the user's own is not looked for.
    if command or type(vim.lsp.config.karel.cmd) == 'table' then
      local file = vim.api.nvim_buf_get_name(bufnr)
      on_dir(vim.fs.root(bufnr, '.git') or (file ~= '' and vim.fs.dirname(file)) or vim.fn.getcwd())
    else
      vim.notify_once(problem, vim.log.levels.WARN)
    end
  end,
  capabilities = {
    workspace = {
      codeLens = { refreshSupport = true },
      -- Nil leaves it as Neovim has it.
      didChangeWatchedFiles = { dynamicRegistration = inotify or nil },
    },
  },
  before_init = function(params, config)
    -- Every folder below the root costs the kernel memory, and below the home there may be a great many.
    if inotify and config.root_dir == vim.fs.normalize('~') then
      params.capabilities.workspace.didChangeWatchedFiles.dynamicRegistration = false
    end
  end,
  -- Neovim's question for a choice would stand in the way; the diagnostic at `main` and its code actions ask the same.
  settings = { karel = { synthesis = { ask = false } } },
  handlers = {
    ['karel/status'] = function(_, status)
      require('karel.status').set(status)
    end,
    ['window/showMessage'] = function(_, message)
      require('karel.status').message(message)
    end,
    ['workspace/codeLens/refresh'] = function(_, _, context)
      require('karel.lenses').refresh(context.client_id)
      return vim.NIL
    end,
  },
  commands = {
    -- Lenses run these; the client is to show what the server answers.
    ['karel.runExamples'] = function(_, context)
      require('karel').test(context.bufnr)
    end,
    ['karel.showTrace'] = function(command, context)
      require('karel').show_trace(command.arguments[2], context.bufnr, command.arguments)
    end,
  },
}
