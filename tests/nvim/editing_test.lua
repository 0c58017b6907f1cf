-- The main job in Neovim: mistakes are marked, an example shows its trace, a code action writes the program.

test('a Karel file has its type and is formatted by its rules', function(t)
  t.open('stairs.karel')
  t.equal(vim.bo.filetype, 'kareldsl')
  t.equal(vim.bo.expandtab, true)
  t.equal(vim.bo.shiftwidth, 4)
  t.open('row.kgrid')
  t.equal(vim.bo.filetype, 'karelgrid')
end)

test('the language server is attached', function(t)
  local client = t.client(t.open('stairs.karel'))
  t.ok(client:supports_method('textDocument/hover'), 'the server has no hover')
end)

test('mistakes are marked where they are', function(t)
  local buffer = t.open('mistakes.karel')
  local found = t.wait('two errors', function()
    local errors = vim.diagnostic.get(buffer, { severity = vim.diagnostic.severity.ERROR })
    return #errors >= 2 and errors or nil
  end)
  local lines = vim.tbl_map(function(diagnostic)
    return diagnostic.lnum
  end, found)
  t.ok(vim.tbl_contains(lines, 2) and vim.tbl_contains(lines, 3), 'errors on lines ' .. vim.inspect(lines))
end)

test('an example hover shows its trace', function(t)
  t.client(t.open('stairs.karel'))
  t.go_to('four by five')
  vim.lsp.buf.hover()
  local text = t.wait('the hover', t.float)
  t.ok(text:find('move turnLeft move turnRight putMarker', 1, true), 'no trace in ' .. text)
end)

test('a code action synthesizes the program', function(t)
  local buffer = t.open('collect.karel')
  t.client(buffer)
  t.go_to([[\V...]])
  vim.lsp.buf.code_action({
    context = { only = { 'refactor.karel.synthesize.program' }, diagnostics = {} },
    apply = true,
  })
  t.wait('the program', function()
    return t.text(buffer):find('pickMarker()', 1, true)
  end)
  t.ok(not t.text(buffer):find('\n    ...\n', 1, true), 'the hole is still there')
  t.wait('no errors', function()
    return #vim.diagnostic.get(buffer, { severity = vim.diagnostic.severity.ERROR }) == 0
  end)
end)

test('formatting writes the canonical form', function(t)
  local buffer = t.open('row.karel')
  t.client(buffer)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, { 'def main():', '  while frontIsClear() :', '     move()' })
  vim.lsp.buf.format({ timeout_ms = 30000 })
  t.equal(t.text(buffer), 'def main():\n    while(frontIsClear()):\n        move()\n')
end)
