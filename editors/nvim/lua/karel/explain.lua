--- `:KarelExplain`: what a diagnostic means, at its place in the page of all of them, which the server writes.
local client = require('karel.client')
local say = require('karel.say').say

local M = {}

--- What the client can besides what Neovim says that it can.
M.capabilities = { textDocument = { publishDiagnostics = { codeDescriptionSupport = true } } }

---@param diagnostic vim.Diagnostic
---@return string? link to its explanation
local function link_of(diagnostic)
  return vim.tbl_get(diagnostic, 'user_data', 'lsp', 'codeDescription', 'href')
end

--- The code to explain and the page's URI: of the diagnostic under the cursor, else of the line's first.
---@return string? code
---@return string? link
local function at_cursor()
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local best
  for _, diagnostic in ipairs(vim.diagnostic.get(0, { lnum = line - 1 })) do
    local under = diagnostic.col <= column and (column < diagnostic.end_col or diagnostic.end_lnum >= line)
    if link_of(diagnostic) and (not best or under and not best.under) then
      best = { code = tostring(diagnostic.code), link = link_of(diagnostic), under = under }
    end
  end
  if best then
    return best.code, best.link
  end
end

--- The page, as some diagnostic of some Karel buffer links to it.
---@return string?
local function any_page()
  for _, bufnr in ipairs(client.buffers()) do
    for _, diagnostic in ipairs(vim.diagnostic.get(bufnr)) do
      if link_of(diagnostic) then
        return link_of(diagnostic)
      end
    end
  end
end

--- Opens the page in a window of its own, where it is not open, at the code's heading.
---@param code? string such as `K101`; of the diagnostic at the cursor if nil
function M.explain(code)
  local link
  if code then
    code, link = code:upper(), any_page()
    -- Where the server writes it.
    local cache = vim.env.XDG_CACHE_HOME or vim.fs.normalize('~/.cache')
    link = link or vim.uri_from_fname(vim.fs.joinpath(cache, 'karel-by-example', 'diagnostics.md'))
  else
    code, link = at_cursor()
  end
  if not code or not link then
    say('Nothing is marked on this line: ]d goes to the next.')
    return
  end
  local page = vim.uri_to_fname((link:gsub('#.*$', '')))
  if vim.fn.filereadable(page) == 0 then
    say('No page yet: open a program with a mistake first.', vim.log.levels.WARN)
    return
  end
  local window = vim.fn.bufwinid(page)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd.split(vim.fn.fnameescape(page))
    vim.bo.modifiable = false
    vim.bo.bufhidden = 'wipe'
    vim.wo[0][0].wrap = true
    vim.wo[0][0].linebreak = true
    vim.wo[0][0].conceallevel = 2
  end
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  if vim.fn.search([[\V\^### ]] .. vim.fn.escape(code, [[\]]) .. [[\$]], 'cW') == 0 then
    say(("There is no code '%s'."):format(code), vim.log.levels.WARN)
    return
  end
  vim.cmd.normal({ 'zt', bang = true })
end

return M
