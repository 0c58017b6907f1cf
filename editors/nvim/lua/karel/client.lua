--- The language client: found, started, and sent commands to.
local say = require('karel.say').say

local M = {}

--- The client of a buffer; where there is none, the user is told what to do.
---@param bufnr integer
---@return vim.lsp.Client?
function M.of(bufnr)
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'karel' })[1]
  if not client then
    local command, problem = require('karel.server').find()
    say(command and 'No Karel server runs here: try :KarelRestart.' or problem --[[@as string]], vim.log.levels.WARN)
  end
  return client
end

--- Hands over a client that is ready: a running one, or a new one that is attached to no buffer.
---@param done fun(client: vim.lsp.Client)
function M.any(done)
  local client = vim.lsp.get_clients({ name = 'karel' })[1]
  if not client then
    local command, problem = require('karel.server').find()
    local config = vim.deepcopy(vim.lsp.config.karel)
    if not command and type(config.cmd) ~= 'table' then
      say(problem --[[@as string]], vim.log.levels.WARN)
      return
    end
    config.name = 'karel'
    config.root_dir = vim.fs.root(vim.fn.getcwd(), '.git') or vim.fn.getcwd()
    local id = vim.lsp.start(config, { attach = false })
    client = id and vim.lsp.get_client_by_id(id)
  end
  if client and client.initialized then
    done(client)
  elseif client then
    -- Clients tell buffers only that they are ready.
    local timer = assert(vim.uv.new_timer())
    timer:start(
      0,
      20,
      vim.schedule_wrap(function()
        if timer:is_closing() or not (client.initialized or client:is_stopped()) then
          return
        end
        timer:close()
        if client.initialized then
          done(client)
        end
      end)
    )
  end
end

--- Tells a failure of the server: its messages are meant for people. (Of what was cancelled Neovim tells nobody.)
---@param failure lsp.ResponseError
function M.tell(failure)
  say(failure.message, vim.log.levels.ERROR)
end

--- Sends a command; `done` gets its answer, `failed` what went wrong, which the user is told where there is none.
---@param client vim.lsp.Client
---@param command string
---@param arguments any[]
---@param done? fun(answer: any)
---@param bufnr? integer that it is about
---@param failed? fun(failure: lsp.ResponseError)
---@return integer? request
function M.send(client, command, arguments, done, bufnr, failed)
  local known = vim.tbl_get(client.server_capabilities, 'executeCommandProvider', 'commands') or {}
  if not vim.list_contains(known, command) then
    say(('karel-lsp lacks %s: install a newer one.'):format(command), vim.log.levels.WARN)
    return
  end
  local _, request = client:request(
    'workspace/executeCommand',
    { command = command, arguments = arguments },
    function(failure, answer)
      if failure then
        (failed or M.tell)(failure)
      elseif done then
        done(answer)
      end
    end,
    bufnr
  )
  return request
end

--- Sends a command to the client of a buffer.
---@param bufnr integer
---@param command string
---@param arguments any[]
---@param done? fun(answer: any)
function M.execute(bufnr, command, arguments, done)
  -- For 0 Neovim 0.11 would not tell the server first what has just been changed.
  bufnr = bufnr == 0 and vim.api.nvim_get_current_buf() or bufnr
  local client = M.of(bufnr)
  if client then
    M.send(client, command, arguments, done, bufnr)
  end
end

--- URI and position of the cursor, as the protocol has them.
---@return any[]
function M.at_cursor()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'karel' })[1]
  local encoding = client and client.offset_encoding or 'utf-16'
  return { vim.uri_from_bufnr(0), vim.lsp.util.make_position_params(0, encoding).position }
end

--- The loaded buffers of both languages.
---@return integer[]
function M.buffers()
  return vim.tbl_filter(function(bufnr)
    return vim.api.nvim_buf_is_loaded(bufnr) and vim.list_contains({ 'kareldsl', 'karelgrid' }, vim.bo[bufnr].filetype)
  end, vim.api.nvim_list_bufs())
end

--- Stops the server, by force if it does not stop in three seconds, and starts it for the open Karel buffers.
function M.restart()
  local clients = vim.lsp.get_clients({ name = 'karel' })
  vim.lsp.enable('karel', false)
  local waited = 0
  local timer = assert(vim.uv.new_timer())
  timer:start(
    0,
    50,
    vim.schedule_wrap(function()
      if timer:is_closing() then
        return
      end
      local running = vim.iter(clients):any(function(client)
        return not client:is_stopped() or vim.lsp.get_client_by_id(client.id) ~= nil
      end)
      waited = waited + 50
      if running and waited == 3000 then
        for _, client in ipairs(clients) do
          -- Not by `stop(true)`: Neovim 0.11 does nothing more for a client that it has asked to stop.
          client.rpc.terminate()
        end
      elseif not running or waited > 4000 then
        timer:close()
        require('karel.status').set(nil)
        vim.lsp.enable('karel')
      end
    end)
  )
end

return M
