-- A run as text beside the program: stepped forwards and backwards, the program's statement in step.

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

--- Presses a key in the view, and waits until it shows the line.
local function press(t, key, line)
  vim.api.nvim_feedkeys(vim.keycode(key), 'mx', false)
  t.wait(('%q after %s, not %s'):format(line, key, vim.inspect(lines())), function()
    return vim.list_contains(lines(), line)
  end)
end

--- Opens the view of an example of crash.karel, and returns the program's buffer.
local function open(t, name)
  local program = t.open('crash.karel')
  t.client(program)
  vim.cmd.KarelWorld(name)
  t.wait('the first frame', function()
    return vim.api.nvim_get_current_buf() ~= program and vim.startswith(lines()[2] or '', 'step 0 of')
  end)
  return program
end

--- What is marked in the program: line, from 1, and text.
local function marked(program)
  local space = vim.api.nvim_get_namespaces()['karel-world']
  local mark = vim.api.nvim_buf_get_extmarks(program, space, 0, -1, { details = true })[1]
  if mark then
    local text = vim.api.nvim_buf_get_text(program, mark[2], mark[3], mark[4].end_row, mark[4].end_col, {})
    return { mark[2] + 1, text[1] }
  end
end

test('a run is stepped through and back, the statement marked in the program', function(t)
  local program = open(t, 'too long')
  t.equal(lines()[1], 'example "too long" fails')
  t.equal(lines()[3], 'next: repeat(3) begins round 1 of 3')
  t.equal(lines()[5], '  > . . . .')
  t.equal(marked(program)[1], 3)
  press(t, 'l', 'step 1 of 6, action 1')
  t.equal(lines()[3], 'next: move()')
  t.equal(marked(program), { 4, 'move()' })
  press(t, 'l', 'step 2 of 6, after 1 action')
  t.equal(lines()[5], '  . > . . .')
  t.equal(lines()[7], 'clear: front; no marker here')
  press(t, '<Left>', 'step 1 of 6, action 1')
  t.equal(lines()[5], '  > . . . .')
  t.equal(marked(program), { 4, 'move()' })
  press(t, '$', 'step 6 of 6, after 3 actions')
  -- The robot is not where it should be.
  t.equal(lines()[5], '  .  .  .  >! .')
  t.equal(vim.list_slice(lines(), 9, 10), { 'expected:', '  . . . . >' })
  press(t, '0', 'step 0 of 6, after 0 actions')
  press(t, 'q', '# Runs into the wall in the second example, and stops on the wrong cell in the third.')
  t.equal(marked(program), nil)
end)

test('a run that crashes ends at the statement that crashed, and follows the program', function(t)
  local program = open(t, 'too short')
  press(t, 'f', 'step 5 of 5, action 3')
  t.equal(lines()[3], 'move() runs into the edge of the world at action 3.')
  t.equal(marked(program), { 4, 'move()' })
  -- Two rounds are enough here.
  vim.api.nvim_buf_set_text(program, 2, 11, 2, 12, { '2' })
  t.wait('the new run', function()
    return lines()[1] == 'example "too short" passes' and lines()[2] == 'step 4 of 4, after 2 actions'
  end)
  press(t, 'n', 'example "too long" fails')
  press(t, 'p', 'example "too short" passes')
  -- It plays to its end by itself.
  press(t, '<Space>', 'step 4 of 4, after 2 actions')
  vim.api.nvim_feedkeys('q', 'mx', false)
  t.equal(vim.api.nvim_get_current_buf(), program)
end)
