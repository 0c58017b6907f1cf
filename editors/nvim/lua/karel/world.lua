--- `:KarelWorld`: an example's run as text beside the program, stepped forwards and backwards by the keys of the page that
--- other editors have. The statement that comes next is marked in the program.
local Run = require('karel.run')
local client = require('karel.client')
local say = require('karel.say').say

local M = {}

local space = vim.api.nvim_create_namespace('karel-world')
local ROBOT = { north = '^', east = '>', south = 'v', west = '<' }
local AHEAD = { north = { 1, 0 }, east = { 0, 1 }, south = { -1, 0 }, west = { 0, -1 } }
local LEFT = { north = 'west', west = 'south', south = 'east', east = 'north' }
local RIGHT = { north = 'east', east = 'south', south = 'west', west = 'north' }
--- Steps a second.
local SLOWEST, USUAL, FASTEST = 1, 4, 64

---@class karel.View
---@field run karel.Run
---@field total integer examples of the document
---@field bufnr integer
---@field window integer
---@field program integer buffer
---@field expected boolean
---@field speed integer
---@field timer? uv.uv_timer_t while it plays
local view

--- A cell as the language writes it; one that is not as it should be ends with `!`.
---@param board karel.Board
---@param row integer
---@param col integer
---@param wrong table<integer, true>
---@return string text
---@return string group
local function cell(board, row, col, wrong)
  local at, text, group = row * board.cols + col, '.', 'KarelEmpty'
  local count = board.markers[at] or 0
  if board.walls[at] then
    text, group = '#', 'KarelWall'
  elseif board.robot.row == row and board.robot.col == col then
    text, group = ROBOT[board.robot.heading] .. (count > 0 and count or ''), 'KarelRobot'
  elseif count > 0 then
    text, group = tostring(count), 'KarelMarkers'
  end
  return wrong[at] and text .. '!' or text, wrong[at] and 'DiagnosticError' or group
end

--- Adds the world's rows to the lines, north on top, and the colours of their cells to the marks.
---@param lines string[]
---@param marks { [1]: integer, [2]: integer, [3]: integer, [4]: string }[] line, from, to, group
---@param board karel.Board
---@param wrong table<integer, true>
local function draw(lines, marks, board, wrong)
  -- As wide as the widest cell, so that columns stand below each other.
  local cells, width = {}, 1
  for at = 0, board.rows * board.cols - 1 do
    local text, group = cell(board, math.floor(at / board.cols), at % board.cols, wrong)
    cells[at], width = { text, group }, math.max(width, #text)
  end
  for row = board.rows - 1, 0, -1 do
    local line = ' '
    for col = 0, board.cols - 1 do
      local text, group = unpack(cells[row * board.cols + col])
      marks[#marks + 1] = { #lines, #line + 1, #line + 1 + #text, group }
      line = line .. ' ' .. text .. (' '):rep(width - #text)
    end
    lines[#lines + 1] = (line:gsub('%s+$', ''))
  end
end

--- Where the way is clear, and whether markers are there.
---@param board karel.Board
---@return string
local function conditions(board)
  local robot = board.robot
  local function clear(heading)
    local row, col = robot.row + AHEAD[heading][1], robot.col + AHEAD[heading][2]
    return row >= 0 and row < board.rows and col >= 0 and col < board.cols and not board.walls[row * board.cols + col]
  end
  local found = {}
  for name, heading in pairs({ front = robot.heading, left = LEFT[robot.heading], right = RIGHT[robot.heading] }) do
    if clear(heading) then
      found[#found + 1] = name
    end
  end
  table.sort(found)
  local ways = #found > 0 and table.concat(found, ', ') or 'nothing'
  local here = board.markers[robot.row * board.cols + robot.col] or 0
  return ('clear: %s; %s'):format(ways, here > 0 and 'markers here' or 'no marker here')
end

--- Which action it is, as messages number them: `action 4`, the one that comes now or has crashed, or `after 3 actions`.
---@param run karel.Run
---@return string
local function counted(run)
  local crashed = not run.coming and run.recording.outcome.kind == 'crashed'
  if crashed or run.coming and run.coming.kind == 'action' then
    return ('action %d'):format(run.actions + 1)
  end
  return ('after %d action%s'):format(run.actions, run.actions == 1 and '' or 's')
end

--- What the next step is and does.
---@param step table
---@return string
local function coming(step)
  if step.kind == 'condition' then
    return ('%s is %s'):format(step.name, step.condition.value)
  elseif step.kind == 'round' then
    return ('%s begins round %d of %d'):format(step.name, step.round.done + 1, step.round.count)
  elseif step.markerChange ~= 0 then
    return ('%s %s'):format(step.name, step.markerChange > 0 and 'puts a marker' or 'takes a marker')
  end
  return step.name
end

--- Marks a place of the program, and brings it into view where the program is shown.
---@param range? lsp.Range
local function mark(range)
  vim.api.nvim_buf_clear_namespace(view.program, space, 0, -1)
  if not range or range.start.line >= vim.api.nvim_buf_line_count(view.program) then
    return
  end
  local encoding = view.run.server.offset_encoding
  local function byte(position)
    local line = vim.api.nvim_buf_get_lines(view.program, position.line, position.line + 1, false)[1] or ''
    return vim.str_byteindex(line, encoding, position.character, false)
  end
  vim.api.nvim_buf_set_extmark(view.program, space, range.start.line, byte(range.start), {
    end_row = math.min(range['end'].line, vim.api.nvim_buf_line_count(view.program) - 1),
    end_col = byte(range['end']),
    hl_group = 'KarelStep',
    strict = false,
  })
  for _, window in ipairs(vim.fn.win_findbuf(view.program)) do
    local line = range.start.line + 1
    if line < vim.fn.line('w0', window) or line > vim.fn.line('w$', window) then
      vim.api.nvim_win_set_cursor(window, { line, 0 })
    end
  end
end

local function stop()
  if view and view.timer then
    view.timer:close()
    view.timer = nil
  end
end

--- The range that is marked: of the next step, or of where the run stopped.
---@return lsp.Range?
local function place()
  local range = view.run.coming and view.run.coming.range or view.run.recording.outcome.range
  return type(range) == 'table' and range or nil
end

local function show()
  if not view or not vim.api.nvim_buf_is_valid(view.bufnr) then
    return
  end
  local run = view.run
  local recording = run.recording
  local example, ended = recording.example, run.step == recording.length
  local verdict = type(example.verdict) == 'string' and example.verdict or 'is not run'
  local lines = { ('%s "%s" %s'):format(example.kind, example.name, verdict) }
  local marks = { { 0, 0, #lines[1], verdict == 'fails' and 'DiagnosticError' or 'Title' } }
  lines[2] = ('step %d of %d, %s'):format(run.step, recording.length, counted(run))
  lines[3] = ended and recording.outcome.message or 'next: ' .. coming(run.coming)
  lines[4] = ''
  local wrong = {}
  for _, place_of in ipairs(ended and recording.differences or {}) do
    wrong[place_of[1] * run.board.cols + place_of[2]] = true
  end
  if ended and recording.robotDiffers then
    wrong[run.board.robot.row * run.board.cols + run.board.robot.col] = true
  end
  draw(lines, marks, run.board, wrong)
  vim.list_extend(lines, { '', conditions(run.board) })
  if view.expected and type(recording.expected) == 'table' then
    vim.list_extend(lines, { '', 'expected:' })
    draw(lines, marks, Run.board_of(recording.expected), {})
  end
  vim.list_extend(lines, { '', '? shows the keys' })
  if vim.api.nvim_win_is_valid(view.window) then
    -- Sentences go on in the next line; the rows of a world that is too wide don't.
    local width = vim.api.nvim_win_get_width(view.window)
    vim.wo[view.window][0].wrap = not vim.iter(lines):any(function(line)
      return vim.startswith(line, '  ') and #line > width
    end)
  end
  vim.bo[view.bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(view.bufnr, 0, -1, false, lines)
  vim.bo[view.bufnr].modifiable = false
  vim.api.nvim_buf_clear_namespace(view.bufnr, space, 0, -1)
  for _, at in ipairs(marks) do
    vim.api.nvim_buf_set_extmark(view.bufnr, space, at[1], at[2], { end_col = at[3], hl_group = at[4] })
  end
  mark(place())
  if ended then
    stop()
  end
end

local function play()
  if view.timer then
    stop()
    return
  end
  if view.run.step == view.run.recording.length then
    view.run:go(0)
  end
  view.timer = assert(vim.uv.new_timer())
  local function tick()
    if view and view.timer then
      view.run:go(view.run.step + 1)
      view.timer:set_repeat(math.floor(1000 / view.speed))
    end
  end
  view.timer:start(math.floor(1000 / view.speed), math.floor(1000 / view.speed), vim.schedule_wrap(tick))
end

---@param by integer
local function next_example(by)
  view.run.step = 0
  view.run:load((view.run.recording.example.index + by) % view.total, show)
end

--- Puts the cursor on the statement that comes next.
local function reveal()
  local window, range = vim.fn.win_findbuf(view.program)[1], place()
  if window and range then
    vim.api.nvim_set_current_win(window)
    vim.api.nvim_win_set_cursor(window, { range.start.line + 1, range.start.character })
  end
end

---@type { keys: string[], desc: string, call: fun() }[]
local KEYS = {
  { keys = { '<Space>' }, desc = 'play, pause', call = play },
  -- stylua: ignore start
  { keys = { '<Right>', 'l' }, desc = 'step', call = function() view.run:go(view.run.step + 1) end },
  { keys = { '<Left>', 'h' }, desc = 'step back', call = function() view.run:go(view.run.step - 1) end },
  { keys = { '<S-Right>', 'L' }, desc = 'step over calls', call = function() view.run:seek('over', false) end },
  { keys = { '<S-Left>', 'H' }, desc = 'step back over calls', call = function() view.run:seek('over', true) end },
  { keys = { 'o' }, desc = 'step out of the procedure', call = function() view.run:seek('out', false) end },
  { keys = { 'O' }, desc = 'step back out of it', call = function() view.run:seek('out', true) end },
  { keys = { '<Home>', '0' }, desc = 'go to the start', call = function() view.run:go(0) end },
  { keys = { '<End>', '$', 'f' }, desc = 'go to the end', call = function() view.run:go(view.run.recording.length) end },
  { keys = { 'n' }, desc = 'next example', call = function() next_example(1) end },
  { keys = { 'p' }, desc = 'previous example', call = function() next_example(-1) end },
  { keys = { '+' }, desc = 'faster', call = function() view.speed = math.min(view.speed * 2, FASTEST) end },
  { keys = { '-' }, desc = 'slower', call = function() view.speed = math.max(view.speed / 2, SLOWEST) end },
  -- stylua: ignore end
  { keys = { '<CR>' }, desc = 'go to the statement in the program', call = reveal },
  {
    keys = { 'e' },
    desc = 'show or hide the expected world',
    call = function()
      view.expected = not view.expected
      show()
    end,
  },
  {
    keys = { '?' },
    desc = 'show these keys',
    call = function()
      M.help()
    end,
  },
  {
    keys = { 'q' },
    desc = 'close',
    call = function()
      M.close()
    end,
  },
}

function M.help()
  local lines = {}
  for _, key in ipairs(KEYS) do
    lines[#lines + 1] = ('%-16s %s'):format(table.concat(key.keys, ' '), key.desc)
  end
  require('karel.popup').show(table.concat(lines, '\n'))
end

function M.close()
  if view and vim.api.nvim_buf_is_valid(view.bufnr) then
    vim.api.nvim_buf_delete(view.bufnr, { force = true })
  end
end

--- Forgets the view that has gone, however it went.
local function forget()
  stop()
  if view and vim.api.nvim_buf_is_valid(view.program) then
    vim.api.nvim_buf_clear_namespace(view.program, space, 0, -1)
  end
  view = nil
end

---@param bufnr integer the program or an example file
---@param run karel.Run
---@param total integer
local function open(bufnr, run, total)
  M.close()
  local shown = vim.api.nvim_create_buf(false, true)
  vim.bo[shown].bufhidden = 'wipe'
  vim.api.nvim_buf_set_name(shown, ('karel://world/%d'):format(shown))
  local window = vim.api.nvim_open_win(shown, true, { split = 'right', win = 0 })
  vim.api.nvim_win_set_width(window, math.min(math.max(42, vim.o.columns - 84), math.floor(vim.o.columns / 2)))
  for option, value in pairs({
    number = false,
    relativenumber = false,
    linebreak = true,
    signcolumn = 'no',
    list = false,
  }) do
    vim.wo[window][0][option] = value
  end
  view = {
    run = run,
    total = total,
    bufnr = shown,
    window = window,
    program = bufnr,
    expected = true,
    speed = USUAL,
  }
  for _, key in ipairs(KEYS) do
    for _, keys in ipairs(key.keys) do
      vim.keymap.set('n', keys, function()
        -- Until the first frame is there, there is nothing to move in.
        if view and (view.run.recording or keys == 'q' or keys == '?') then
          require('karel.popup').close()
          key.call()
        end
      end, { buffer = shown, nowait = true, desc = 'Karel: ' .. key.desc })
    end
  end
  vim.api.nvim_create_autocmd('BufWipeout', { buffer = shown, once = true, callback = forget })
end

--- Shows the run of an example: of the one named, else of the one that the cursor is in, else of the first that fails.
---@param name? string
function M.show(name)
  if view and vim.api.nvim_get_current_buf() == view.bufnr then
    local window = vim.fn.win_findbuf(view.program)[1]
    if not window then
      return
    end
    vim.api.nvim_set_current_win(window)
  end
  local bufnr = vim.api.nvim_get_current_buf()
  local server = client.of(bufnr)
  if not server then
    return
  end
  if not vim.tbl_get(server.server_capabilities, 'experimental', 'karelRecordings') then
    say('karel-lsp lacks recorded runs: install a newer one.', vim.log.levels.WARN)
    return
  end
  local uri = vim.uri_from_bufnr(bufnr)
  name = name or require('karel.trace').example_at(bufnr, vim.api.nvim_win_get_cursor(0)[1])
  server:request('karel/recordings', { textDocument = { uri = uri } }, function(failure, answer)
    if failure then
      client.tell(failure)
    elseif answer.total == 0 then
      say('There is no example here: write one, or :KarelNew.', vim.log.levels.WARN)
    elseif vim.api.nvim_get_current_buf() == bufnr then
      local failing = vim.iter(answer.examples):find(function(example)
        return example.verdict == 'fails'
      end)
      -- The statements are the program's, also where an example file is looked at.
      local program = vim.uri_to_bufnr(answer.document.uri)
      local run = Run.new(server, uri)
      open(vim.api.nvim_buf_is_loaded(program) and program or bufnr, run, answer.total)
      run:load(name or failing and failing.index or 0, show)
    end
  end, bufnr)
end

--- The page in a browser.
function M.browse()
  client.execute(0, 'karel.openWorld', {}, function(answer)
    say(('The page is at %s.'):format(answer.address))
  end)
end

--- Shows the run anew where the texts have changed, at the same step.
---@param outdated { ids: string[] }
function M.outdated(outdated)
  if view and view.run:is_among(outdated.ids) then
    view.run:load(view.run.recording.example.index, show)
  end
end

return M
