--- nvim-dap: how the debugger is started, and a configuration that asks for the example.
local client = require('karel.client')
local say = require('karel.say').say
local server = require('karel.server')

local M = {}

--- The adapter is the language server's program, so that who has the one has the other.
---@param callback fun(adapter: table)
local function adapter(callback)
  local command, problem = server.find()
  if command then
    callback({ type = 'executable', command = command[1], args = { 'dap' } })
  else
    say(problem, vim.log.levels.ERROR)
  end
end

---@param example karel.Example
---@return string
local function label(example)
  return ('%s %s "%s"'):format(example.passed and '✓' or '✗', example.test and 'test' or 'example', example.name)
end

--- Asks for one of the program's examples; those that fail come first. nvim-dap waits for the coroutine, and leaves out
--- what it is given nil for: the debugger then takes the only example, or the first that fails.
---@return thread
local function choose()
  local bufnr = vim.api.nvim_get_current_buf()
  return coroutine.create(function(run)
    local function chosen(example)
      -- As the debugger wants it: told from all others of its file.
      local wanted = { name = example.name, test = example.test, ordinal = example.ordinal or 0 }
      wanted.file = vim.uri_to_fname(example.uri or vim.uri_from_bufnr(bufnr))
      coroutine.resume(run, wanted)
    end
    if #vim.lsp.get_clients({ bufnr = bufnr, name = 'karel' }) == 0 then
      coroutine.resume(run, nil)
      return
    end
    client.execute(bufnr, 'karel.runExamples', { vim.uri_from_bufnr(bufnr) }, function(answer)
      local examples = type(answer) == 'table' and answer.examples or {}
      if #examples == 0 then
        coroutine.resume(run, nil)
      elseif #examples == 1 then
        chosen(examples[1])
      else
        local all = vim.iter(examples):filter(function(example)
          return not example.passed
        end)
        all = vim.list_extend(
          all:totable(),
          vim.tbl_filter(function(example)
            return example.passed
          end, examples)
        )
        vim.ui.select(all, { prompt = 'Debug an example', format_item = label }, function(example)
          if example then
            chosen(example)
          else
            coroutine.resume(run, require('dap').ABORT)
          end
        end)
      end
    end)
  end)
end

--- Tells nvim-dap of Karel, for the configurations that you have and for one of its own.
function M.setup()
  local dap = require('dap')
  dap.adapters.karel = adapter
  dap.configurations.kareldsl = {
    { type = 'karel', request = 'launch', name = 'Debug an example', program = '${file}', example = choose },
  }
  dap.configurations.karelgrid = dap.configurations.kareldsl
end

return M
