--- `:KarelTest`: all examples, and those that fail in the quickfix list, which then follows the program.
local client = require('karel.client')
local say = require('karel.say').say

local M = {}

---@type { id: integer, bufnr: integer, request?: integer }? the list, the buffer that it is about, the last question
local list

---@param answer { examples?: table[] }
---@param bufnr integer
---@return table[] items of the quickfix list
---@return string summary
local function read(answer, bufnr)
  local examples = type(answer) == 'table' and answer.examples or {}
  local failures = {}
  for _, example in ipairs(examples) do
    if not example.passed then
      local start = vim.tbl_get(example, 'range', 'start') or { line = 0 }
      failures[#failures + 1] = {
        -- An example of a program may stand in its `.kgrid` file.
        bufnr = example.uri and vim.uri_to_bufnr(example.uri) or bufnr,
        lnum = start.line + 1,
        type = 'E',
        text = ('%s "%s": %s'):format(example.test and 'test' or 'example', example.name, example.message),
      }
    end
  end
  local summary = #examples == 0 and 'No example to run: write one, or :KarelNew.'
    or ('%d/%d examples pass.'):format(#examples - #failures, #examples)
  return failures, summary
end

--- Runs every example. What fails goes to the quickfix list, which is opened if there is anything in it.
---@param bufnr? integer the current one if nil
function M.run(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  client.execute(bufnr, 'karel.runExamples', { vim.uri_from_bufnr(bufnr) }, function(answer)
    local failures, summary = read(answer, bufnr)
    local what = { title = 'Karel: ' .. summary, items = failures }
    vim.fn.setqflist({}, ' ', what)
    list = { id = vim.fn.getqflist({ id = 0 }).id, bufnr = bufnr }
    if #failures > 0 then
      vim.cmd('botright copen')
      vim.cmd.wincmd('p')
    else
      vim.cmd.cclose()
    end
    say(summary, #failures > 0 and vim.log.levels.WARN or vim.log.levels.INFO)
  end)
end

--- Brings the list up to date, without a word. A question that is still open is given up for the new one.
function M.refresh()
  local shown = list
  if not shown then
    return
  end
  -- Gone from the stack of lists, or its program from Neovim.
  if vim.fn.getqflist({ id = shown.id }).id ~= shown.id or not vim.api.nvim_buf_is_loaded(shown.bufnr) then
    list = nil
    return
  end
  local server = vim.lsp.get_clients({ bufnr = shown.bufnr, name = 'karel' })[1]
  if not server then
    return
  end
  if shown.request and server.requests[shown.request] then
    server:cancel_request(shown.request)
  end
  local function answered(answer)
    if list == shown then
      local failures, summary = read(answer, shown.bufnr)
      local index = vim.fn.getqflist({ id = shown.id, idx = 0 }).idx
      local what = { id = shown.id, title = 'Karel: ' .. summary, items = failures }
      what.idx = math.max(math.min(index, #failures), 1)
      vim.fn.setqflist({}, 'r', what)
    end
  end
  local arguments = { vim.uri_from_bufnr(shown.bufnr) }
  -- The next change asks again: a failure is not worth a word.
  shown.request = client.send(server, 'karel.runExamples', arguments, answered, shown.bufnr, function() end)
end

return M
