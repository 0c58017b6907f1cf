--- Highlight groups for what a grid holds. Whatever the colour scheme, robot, wall and markers are told from each other
--- and from plain text: each is linked to the first group of its list that looks like none of the others.
local M = {}

local ROLES = {
  { 'KarelRobot', 'DiagnosticWarn', 'WarningMsg', 'Special', 'Todo', 'PreProc' },
  { 'KarelMarkers', 'String', 'Number', 'DiagnosticOk', 'Constant', 'DiagnosticInfo' },
  { 'KarelWall', 'Type', 'Identifier', 'Function', 'Statement', 'DiagnosticHint', 'Title' },
  { 'KarelEmpty', 'NonText', 'Comment', 'LineNr' },
}

--- What shows the cells: tree-sitter's captures, and the language server's tokens. Those of robots are holes' too, those
--- of markers also counts'.
local SHOWN = {
  KarelRobot = { '@character.special.karel', '@lsp.type.macro.kareldsl', '@lsp.type.macro.karelgrid' },
  KarelMarkers = { '@number.karel', '@lsp.type.number.kareldsl', '@lsp.type.number.karelgrid' },
  KarelWall = { '@constant.karel', '@lsp.type.operator.kareldsl', '@lsp.type.operator.karelgrid' },
  KarelEmpty = { '@punctuation.delimiter.empty.karel' },
}

--- What a group looks like, in a word.
---@param name string
---@return string
local function look(name)
  local group = vim.api.nvim_get_hl(0, { name = name, link = false })
  local parts = {}
  for _, attribute in ipairs({ 'fg', 'bg', 'bold', 'italic', 'underline', 'reverse', 'ctermfg', 'ctermbg' }) do
    parts[#parts + 1] = ('%s=%s'):format(attribute, group[attribute])
  end
  return table.concat(parts, ' ')
end

--- Groups that this has linked, and to what: a link of the user's own is left alone.
---@type table<string, string>
local linked = {}

---@param name string
---@param to string
local function link(name, to)
  local now = vim.api.nvim_get_hl(0, { name = name, link = true })
  if vim.tbl_isempty(now) or now.link and now.link == linked[name] then
    vim.api.nvim_set_hl(0, name, { link = to })
    linked[name] = to
  end
end

--- Links the groups for the colour scheme that is on.
function M.set()
  local taken = { [look('Normal')] = true, [look('NoSuchGroup')] = true }
  for _, role in ipairs(ROLES) do
    local chosen = vim.iter(role):skip(1):find(function(candidate)
      return not taken[look(candidate)]
    end) or role[2]
    taken[look(chosen)] = true
    link(role[1], chosen)
  end
  -- The statement that a run is at.
  link('KarelStep', 'CurSearch')
  for group, names in pairs(SHOWN) do
    for _, name in ipairs(names) do
      link(name, group)
    end
  end
end

return M
