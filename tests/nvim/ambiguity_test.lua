-- Examples that allow two programs: Neovim shows where they differ, and a code action decides. The engine is
-- tests/two_programs.py, which always finds the same two.

local PROGRAM = [[
def main():
    ...

example "short":
    input:
        > .
        . .
    output:
        . >
        . .]]

--- Has the server start its engine with `command`; without one as it does by itself.
local function use_engine(client, command)
  client.settings.karel.engine = command and { command = command }
  client:notify('workspace/didChangeConfiguration', { settings = client.settings })
end

--- Waits for the server to have taken the settings: whether there is an engine.
local function wait_for_engine(t, present)
  t.wait(present and 'an engine' or 'no engine', function()
    local status = require('karel.status').get()
    return status and (status.state ~= 'absent') == present
  end)
end

local function act(wanted)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return vim.startswith(action.title, wanted)
    end,
  })
end

test('a code action answers the deciding example', function(t)
  local buffer = t.open('row.karel')
  local client = t.client(buffer)
  use_engine(client, { 'no-such-engine' })
  wait_for_engine(t, false)
  use_engine(client, { 'python3', vim.g.karel_root .. '/tests/two_programs.py' })
  wait_for_engine(t, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(PROGRAM, '\n'))
  t.go_to([[\V...]])
  act('Synthesize main')
  t.wait('the first program', function()
    return t.text(buffer):find('\n    move()\n', 1, true)
  end)
  -- The others are looked at; after the last comes the first.
  vim.cmd.KarelNext()
  t.wait('the next program', function()
    return t.text(buffer):find('while(frontIsClear())', 1, true)
  end)
  vim.cmd.KarelNext()
  t.wait('the first again', function()
    return not t.text(buffer):find('while(frontIsClear())', 1, true)
  end)
  local told = function()
    return vim.iter(vim.diagnostic.get(buffer)):find(function(diagnostic)
      return diagnostic.code == 'K305' and diagnostic.lnum == 0
    end)
  end
  t.ok(t.wait('the question', told).message:find('program 2', 1, true))
  t.go_to('main')
  vim.lsp.buf.hover()
  t.wait('the grids', function()
    return vim.iter(vim.api.nvim_list_wins()):any(function(window)
      return t.text(vim.api.nvim_win_get_buf(window)):find('before +A +B')
    end)
  end)
  act('Answer the deciding example with B: the robot ends at row 1, column 3')
  t.wait('the example', function()
    return t.text(buffer):find('example "deciding":', 1, true)
  end)
  t.ok(t.text(buffer):find('while(frontIsClear())', 1, true), 'the other program is not there')
  t.wait('no question', function()
    return not told()
  end)
  use_engine(client, nil)
end)
