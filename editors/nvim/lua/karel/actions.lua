--- Code actions as Neovim is to show them. The server's reasons why an action can't be done now are no part of
--- Neovim's list, so they are put into it here, between the server and every client of it: `gra`, `:KarelFix`, pickers.
local M = {}

--- What the client can besides what Neovim says that it can.
M.capabilities = { textDocument = { codeAction = { disabledSupport = true } } }

--- The command that tells the reason when such an action is chosen.
M.REASON = 'karel.client.reason'

---@param action lsp.CodeAction
---@return string? reason
local function reason_of(action)
  return type(action.disabled) == 'table' and action.disabled.reason or nil
end

--- An action in the list that tells why another one can't be done.
---@param action lsp.CodeAction
---@return lsp.CodeAction
local function refusal(action)
  local reason = reason_of(action) --[[@as string]]
  return {
    title = ('✗ %s: %s'):format(action.title, reason),
    kind = action.kind,
    -- With an edit and a command Neovim asks the server no more.
    edit = { changes = vim.empty_dict() },
    command = { title = action.title, command = M.REASON, arguments = { reason } },
  }
end

--- The actions that can be done. If there is none of synthesis among them, those that can't follow, each reason once.
---@param actions lsp.CodeAction[]
---@return lsp.CodeAction[]
function M.listed(actions)
  local listed, refused, synthesis = {}, {}, false
  for _, action in ipairs(actions) do
    local reason = reason_of(action)
    if not reason then
      listed[#listed + 1] = action
      synthesis = synthesis
        or vim.startswith(action.kind or '', 'refactor.karel.synthesize')
        or type(action.data) == 'table' and action.data.goal ~= nil
    elseif not refused[reason] then
      refused[reason] = true
      refused[#refused + 1] = refusal(action)
    end
  end
  return synthesis and listed or vim.list_extend(listed, refused)
end

--- The connection to the server, with the answers about actions changed.
---@param rpc vim.lsp.rpc.PublicClient
---@return vim.lsp.rpc.PublicClient
function M.told(rpc)
  local changed = {
    ['textDocument/codeAction'] = function(callback)
      return function(failure, actions)
        callback(failure, type(actions) == 'table' and M.listed(actions) or actions)
      end
    end,
    -- Neovim shows a failure with its number, a cancelled one, too.
    ['codeAction/resolve'] = function(callback, action)
      return function(failure, resolved)
        if failure and (action.edit or action.command) then
          callback(nil, action)
        elseif failure then
          require('karel.client').tell(failure)
          callback(nil, { title = action.title })
        else
          callback(nil, resolved)
        end
      end
    end,
  }
  return setmetatable({
    request = function(method, params, callback, ...)
      local change = changed[method]
      return rpc.request(method, params, change and change(callback, params) or callback, ...)
    end,
  }, { __index = rpc })
end

return M
