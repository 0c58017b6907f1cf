-- The language server, for `vim.lsp.enable('karel')`. Change any of it with `vim.lsp.config('karel', {...})`.

-- On Linux Neovim watches no files by itself: its own way walks the whole folder while the user waits. `inotifywait`
-- does it in a process of its own.
local inotify = vim.fn.has('linux') == 1 and vim.fn.executable('inotifywait') == 1

---@type vim.lsp.Config
return {
  -- Found when it is started, so that an installation or a change of `vim.g.karel_server` needs no restart.
  cmd = function(dispatchers, config)
    local command = assert(require('karel.server').find())
    local rpc = vim.lsp.rpc.start(command, dispatchers, config and { cwd = config.root_dir } or nil)
    return require('karel.actions').told(rpc)
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
  capabilities = vim.tbl_deep_extend('error', {
    workspace = {
      codeLens = { refreshSupport = true },
      -- Nil leaves it as Neovim has it.
      didChangeWatchedFiles = { dynamicRegistration = inotify or nil },
    },
  }, require('karel.explain').capabilities, require('karel.actions').capabilities),
  before_init = function(params, config)
    -- Every folder below the root costs the kernel memory, and below the home there may be a great many.
    if inotify and config.root_dir == vim.fs.normalize('~') then
      params.capabilities.workspace.didChangeWatchedFiles.dynamicRegistration = false
    end
    -- The reasons are made readable on the way from a server that this plugin has started.
    if type(config.cmd) == 'table' then
      params.capabilities.textDocument.codeAction.disabledSupport = false
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
    ['karel/recordingsOutdated'] = function(_, outdated)
      require('karel.world').outdated(outdated)
    end,
    ['workspace/codeLens/refresh'] = function(failure, result, context)
      require('karel.tests').refresh()
      -- Neovim 0.12 does it by itself.
      local own = vim.lsp.handlers['workspace/codeLens/refresh']
      if own then
        return own(failure, result, context)
      end
      require('karel.lenses').refresh(context.client_id)
      return vim.NIL
    end,
  },
  -- What lenses and actions run: the client is to show what the server answers.
  commands = {
    ['karel.runExamples'] = function(_, context)
      require('karel.tests').run(context.bufnr)
      require('karel.lenses').redraw(context.bufnr)
    end,
    ['karel.showTrace'] = function(command, context)
      require('karel.trace').show(command.arguments[2], context.bufnr, command.arguments)
      require('karel.lenses').redraw(context.bufnr)
    end,
    ['karel.synthesize'] = function(command, context)
      require('karel.client').execute(context.bufnr, command.command, command.arguments)
      require('karel.lenses').redraw(context.bufnr)
    end,
    [require('karel.actions').REASON] = function(command)
      require('karel.say').say(command.arguments[1], vim.log.levels.WARN)
    end,
  },
}
