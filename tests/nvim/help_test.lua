-- What helps while one writes, with the real server: fixes, explanations, reasons, lenses.

local function marked(t, name)
  local buffer = t.open(name)
  t.client(buffer)
  t.wait('marks', function()
    return #vim.diagnostic.get(buffer) >= 2
  end)
  return buffer
end

--- The entries of `vim.ui.select` that `run` leads to; none is chosen.
local function offered(t, run)
  local select, entries = vim.ui.select, nil
  vim.ui.select = function(items, options)
    entries = vim.tbl_map(options.format_item, items)
  end
  run()
  local ok, problem = pcall(t.wait, 'a list', function()
    return entries
  end)
  vim.ui.select = select
  t.ok(ok, problem)
  return entries
end

test('what is marked on a line is mended from anywhere on it', function(t)
  local buffer = marked(t, 'mistakes.karel')
  for _, column in ipairs({ 0, 6 }) do
    vim.api.nvim_win_set_cursor(0, { 3, column })
    local entries = offered(t, function()
      vim.lsp.buf.code_action({ context = { only = { 'quickfix' } } })
    end)
    t.equal(entries[1], "Insert ':'")
  end
  vim.api.nvim_win_set_cursor(0, { 3, 0 })
  vim.cmd.KarelFix()
  t.wait('the colon', function()
    return t.text(buffer):find('while(frontIsClear()):', 1, true)
  end)
end)

test('a diagnostic is explained at its place in the page', function(t)
  marked(t, 'mistakes.karel')
  vim.api.nvim_win_set_cursor(0, { 3, 0 })
  vim.cmd.KarelExplain()
  t.equal(vim.fn.getline('.'), '### K001')
  vim.cmd.KarelExplain('k101')
  t.equal(vim.fn.getline('.'), '### K101')
end)

test('a hole says why it can not be filled', function(t)
  local buffer = t.open('collect.karel')
  local client = t.client(buffer)
  client.settings.karel.engine = { command = { 'no-such-engine' } }
  client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  t.wait('no engine', function()
    return vim.b[buffer].karel_status == 'Karel: no synthesis (:checkhealth karel)'
  end)
  t.go_to([[\V...]])
  local entries = offered(t, vim.lsp.buf.code_action)
  t.ok(
    vim.iter(entries):any(function(entry)
      return vim.startswith(entry, '✗ ') and entry:find('karel.engine.command', 1, true)
    end),
    'no reason in ' .. vim.inspect(entries)
  )
  client.settings.karel.engine = nil
  client:notify('workspace/didChangeConfiguration', { settings = client.settings })
end)

test("a lens shows the example's run, which goes with the next change", function(t)
  local buffer = t.open('stairs.karel')
  t.client(buffer)
  t.go_to('four by five')
  t.wait('lenses', function()
    return #vim.lsp.codelens.get(buffer) > 1
  end)
  vim.cmd.KarelLens()
  t.ok(t.wait('the run', t.float):find('putMarker', 1, true))
  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { '# changed' })
  t.wait('it to go', function()
    return not t.float()
  end)
end)
