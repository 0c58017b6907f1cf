--- `:KarelNew`: a new program from one of the language server's templates, in an empty folder, too.
local client = require('karel.client')
local say = require('karel.say').say

local M = {}

---@class karel.Template
---@field name string in small letters, such as `walk`
---@field title string
---@field description string
---@field text string

---@type string[] names of the templates, once they have been asked for
local names = {}

--- Names of the templates that begin so; none before the server has been asked once.
---@param typed string
---@return string[]
function M.complete(typed)
  return vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, names)
end

--- A file of that name in the current folder that is not there yet.
---@param name string
---@return string
local function free_file(name)
  local file, number = name .. '.karel', 1
  while vim.uv.fs_stat(file) or vim.fn.bufexists(file) == 1 do
    number = number + 1
    file = ('%s-%d.karel'):format(name, number)
  end
  return file
end

--- Opens a buffer with the template's text. It is not written: what nobody wants is left without a trace.
---@param template karel.Template
local function open(template)
  local file = free_file(template.name)
  vim.cmd.edit(vim.fn.fnameescape(file))
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(template.text, '\n', { trimempty = true }))
  -- To where something is left to do, else to the program.
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  if vim.fn.search([[^\s*\zs\.\.\.]], 'cW') == 0 then
    vim.fn.search([[^def ]], 'cW')
  end
  -- The list of templates is still on the screen: a message after it would ask for Enter.
  vim.cmd.redraw()
  say(('%s is new: :w keeps it.'):format(file))
end

--- Asks which template, unless it is named.
---@param name? string
function M.new(name)
  client.any(function(server)
    client.send(server, 'karel.templates', {}, function(templates)
      names = vim.tbl_map(function(template)
        return template.name
      end, templates)
      local function is_named(template)
        return template.name == name
      end
      if name then
        local template = vim.iter(templates):find(is_named)
        if template then
          open(template)
        else
          say(("No template is called '%s': try :KarelNew."):format(name), vim.log.levels.WARN)
        end
        return
      end
      vim.ui.select(templates, {
        prompt = 'New Karel program:',
        format_item = function(template)
          return ('%s: %s'):format(template.title, template.description)
        end,
      }, function(template)
        if template then
          open(template)
        end
      end)
    end)
  end)
end

return M
