--- `:KarelTest`: all examples, and those that fail in the quickfix list, which then follows the program, as do the signs
--- beside what no example carries out.
local client = require('karel.client')
local coverage = require('karel.coverage')
local say = require('karel.say').say

local M = {}

---@type { id: integer, bufnr: integer, request?: integer }? the list, the buffer that it is about, the last question
local list

---@class karel.Example
---@field name string
---@field test boolean held out from the synthesis
---@field passed boolean
---@field verdict? 'passes'|'fails'|'undecided' the last: not run, or up to a hole only
---@field message string
---@field uri? string
---@field range lsp.Range

---@param example karel.Example
---@param bufnr integer that was asked about
---@return table item of the quickfix list
local function item(example, bufnr)
  local start = vim.tbl_get(example, 'range', 'start') or { line = 0 }
  return {
    -- An example of a program may stand in its `.kgrid` file.
    bufnr = example.uri and vim.uri_to_bufnr(example.uri) or bufnr,
    lnum = start.line + 1,
    type = example.verdict == 'undecided' and 'I' or 'E',
    text = ('%s "%s": %s'):format(example.test and 'held-out test' or 'example', example.name, example.message),
  }
end

--- What is to be told of the examples: what fails, then what is not decided.
---@param answer { examples?: karel.Example[] }
---@param bufnr integer
---@return table[] items of the quickfix list
---@return string summary
---@return boolean failing whether any fails
local function read(answer, bufnr)
  local examples = type(answer) == 'table' and answer.examples or {}
  local failing, undecided, passed = {}, {}, 0
  for _, example in ipairs(examples) do
    if example.passed then
      passed = passed + 1
    else
      table.insert(example.verdict == 'undecided' and undecided or failing, item(example, bufnr))
    end
  end
  local summary = #examples == 0 and 'No example to run: write one, or :KarelNew.'
    or ('%d/%d examples pass'):format(passed, #examples)
      .. (#undecided > 0 and (', %d not run to the end.'):format(#undecided) or '.')
  return vim.list_extend(failing, undecided), summary, #failing > 0
end

--- Runs every example, and marks what none of them carries out. What does not pass goes to the quickfix list, which is opened if there is anything in it.
---@param bufnr? integer the current one if nil
function M.run(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  client.execute(bufnr, 'karel.runExamples', { vim.uri_from_bufnr(bufnr) }, function(answer)
    local items, summary, failing = read(answer, bufnr)
    local what = { title = 'Karel: ' .. summary, items = items }
    vim.fn.setqflist({}, ' ', what)
    list = { id = vim.fn.getqflist({ id = 0 }).id, bufnr = bufnr }
    if #items > 0 then
      vim.cmd('botright copen')
      vim.cmd.wincmd('p')
    else
      vim.cmd.cclose()
    end
    coverage.show(bufnr)
    say(summary, failing and vim.log.levels.WARN or vim.log.levels.INFO)
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
      local items, summary = read(answer, shown.bufnr)
      local index = vim.fn.getqflist({ id = shown.id, idx = 0 }).idx
      local what = { id = shown.id, title = 'Karel: ' .. summary, items = items }
      what.idx = math.max(math.min(index, #items), 1)
      vim.fn.setqflist({}, 'r', what)
      coverage.show(shown.bufnr)
    end
  end
  local arguments = { vim.uri_from_bufnr(shown.bufnr) }
  -- The next change asks again: a failure is not worth a word.
  shown.request = client.send(server, 'karel.runExamples', arguments, answered, shown.bufnr, function() end)
end

return M
