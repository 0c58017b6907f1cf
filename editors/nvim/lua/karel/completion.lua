--- Completion as one types, with Neovim's own means, where the user has no plugin for it. Nothing is chosen by itself:
--- Enter begins a new line, unless an entry has been gone to.
local M = {}

--- Plugins that complete by themselves.
local OTHERS = { 'cmp', 'blink.cmp', 'coq', 'mini.completion' }

---@return boolean
local function is_wanted()
  return vim.g.karel_completion ~= false
    and not vim.iter(OTHERS):any(function(name)
      return package.loaded[name] ~= nil
    end)
end

--- Enter: takes an entry that has been gone to; else it ends the menu and begins a line.
local function enter()
  if vim.fn.pumvisible() == 0 then
    return '<CR>'
  end
  return vim.fn.complete_info({ 'selected' }).selected >= 0 and '<C-y>' or '<C-e><CR>'
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  if not is_wanted() or not client:supports_method('textDocument/completion', bufnr) then
    return
  end
  -- Neovim asks after these characters only; the server names those that are no letters.
  local provider = client.server_capabilities.completionProvider --[[@as lsp.CompletionOptions]]
  if not provider.karel_letters then
    provider.karel_letters = true
    local characters = provider.triggerCharacters or {}
    -- After a colon comes a new line.
    provider.triggerCharacters = vim.tbl_filter(function(character)
      return character ~= ':'
    end, characters)
    for letter in ('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'):gmatch('.') do
      table.insert(provider.triggerCharacters, letter)
    end
  end
  local options = vim.tbl_filter(function(option)
    return option ~= ''
  end, vim.split(vim.o.completeopt, ','))
  for _, option in ipairs({ 'menuone', 'noselect' }) do
    if not vim.list_contains(options, option) then
      options[#options + 1] = option
    end
  end
  vim.bo[bufnr].completeopt = table.concat(options, ',')
  vim.lsp.completion.enable(true, client.id, bufnr, { autotrigger = true })
  if vim.g.karel_maps ~= false and vim.fn.maparg('<CR>', 'i') == '' then
    vim.keymap.set('i', '<CR>', enter, { buffer = bufnr, expr = true, desc = 'Karel: a new line, or the chosen entry' })
  end
end

return M
