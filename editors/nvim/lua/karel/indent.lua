--- Indentation while typing. The formatter has the last word; this only guesses what comes next.
local M = {}

local openers = {
  ['def'] = true,
  ['while'] = true,
  ['repeat'] = true,
  ['if'] = true,
  ['else'] = true,
  ['example'] = true,
  ['test'] = true,
  ['input'] = true,
  ['output'] = true,
}

--- Whether the line is a header whose body goes on the lines below.
---@param text string
---@return boolean
local function opens(text)
  local word = text:match('^%s*(%a+)')
  -- Without the quoted name and the comment, the colon is the last thing on the line.
  local bare = text:gsub('"[^"]*"', ''):gsub('#.*$', '')
  return word ~= nil and openers[word] == true and bare:match(':%s*$') ~= nil
end

--- Whether the line begins what stands at the margin, wherever it was typed: `def main`, `example "a"`, `test "b"`.
---@param text string
---@return boolean
local function is_outermost(text)
  return text:match('^%s*def%s+%a') ~= nil or text:match('^%s*example%s+"') ~= nil or text:match('^%s*test%s+"') ~= nil
end

--- Indent of the nearest line above that begins with one of the words, and is not deeper than any line between.
---@param line integer
---@param words table<string, boolean>
---@return integer?
local function indent_of_partner(line, words)
  local limit = math.huge
  for above = line - 1, 1, -1 do
    local text = vim.fn.getline(above)
    if text:match('%S') then
      local indent = vim.fn.indent(above)
      if words[text:match('^%s*(%a+)') or ''] and indent < limit then
        return indent
      end
      limit = math.min(limit, indent)
      if limit == 0 then
        return nil
      end
    end
  end
end

--- For 'indentexpr': columns for the line `v:lnum`.
---@return integer
function M.expr()
  local line = vim.v.lnum
  local text = vim.fn.getline(line)
  if is_outermost(text) then
    return 0
  end
  local word = text:match('^%s*(%a+)')
  local partner
  if word == 'else' then
    partner = indent_of_partner(line, { ['if'] = true })
  elseif word == 'output' or word == 'trace' then
    partner = indent_of_partner(line, { input = true, output = true })
  end
  if partner then
    return partner
  end
  local above = vim.fn.prevnonblank(line - 1)
  if above == 0 then
    return 0
  end
  local indent = vim.fn.indent(above)
  return opens(vim.fn.getline(above)) and indent + vim.fn.shiftwidth() or indent
end

return M
