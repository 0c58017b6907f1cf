--- A recorded run and a place in it. `server/PROTOCOL.md` describes the messages and their types.
local client = require('karel.client')

--- Steps of a page.
local PAGE = 1000
--- The most pages that are kept.
local PAGES = 8

---@class karel.Board a world to be drawn; rows count from the south, columns from the west, both from 0
---@field rows integer
---@field cols integer
---@field walls table<integer, true> by `row * cols + col`
---@field markers table<integer, integer> by `row * cols + col`
---@field robot { row: integer, col: integer, heading: 'north'|'east'|'south'|'west' }

---@class karel.Run
---@field server vim.lsp.Client
---@field uri string the document that was asked about
---@field recording table what the server says of the run
---@field step integer so many steps have been carried out
---@field actions integer so many of them were actions
---@field board karel.Board the world there
---@field coming? table the next step; nil at the end
---@field private pages table<integer, table> by the number of their first step
---@field private asked integer
local Run = {}
Run.__index = Run

---@param world table
---@return karel.Board
function Run.board_of(world)
  local board = { rows = world.rows, cols = world.cols, robot = world.robot, walls = {}, markers = {} }
  for _, wall in ipairs(world.walls) do
    board.walls[wall[1] * world.cols + wall[2]] = true
  end
  for _, pile in ipairs(world.markers) do
    board.markers[pile[1] * world.cols + pile[2]] = pile[3]
  end
  return board
end

---@param server vim.lsp.Client
---@param uri string
---@return karel.Run
function Run.new(server, uri)
  return setmetatable({ server = server, uri = uri, step = 0, pages = {}, asked = 0 }, Run)
end

--- Asks, and hands over the answer unless something else has been asked meanwhile: what comes late is dropped.
---@private
---@param method string
---@param params table
---@param done fun(answer: any)
function Run:ask(method, params, done)
  self.asked = self.asked + 1
  local mine = self.asked
  self.server:request(method, params, function(failure, answer)
    if mine ~= self.asked then
      return
    end
    if failure and failure.code == -32801 and self.recording then
      -- The text has changed, or the server has given the run up.
      self:load(self.recording.example.index, self.shown)
    elseif failure then
      client.tell(failure)
    else
      done(answer)
    end
  end)
end

--- Has an example recorded, and goes to the step that is shown, as far as there is one.
---@param example integer|string index or name
---@param shown fun()
function Run:load(example, shown)
  self.shown = shown
  local params = { textDocument = { uri = self.uri }, example = example, count = PAGE }
  self:ask('karel/recording', params, function(recording)
    self.recording = recording
    self.pages = { [0] = recording.page }
    self:go(self.step)
  end)
end

--- Whether it is about this recording.
---@param ids string[]
---@return boolean
function Run:is_among(ids)
  return self.recording ~= nil and vim.list_contains(ids, self.recording.id)
end

--- Goes to before step `step`, or to the nearest end.
---@param step integer
function Run:go(step)
  step = math.max(0, math.min(step, self.recording.length))
  -- Where the robot is after the last step, only the page behind it tells.
  local first = step == self.recording.length and step or step - step % PAGE
  local page = self.pages[first]
  if page then
    self:arrive(step, page)
    return
  end
  local params = { id = self.recording.id, from = first, count = PAGE }
  self:ask('karel/recordingSteps', params, function(answer)
    if vim.tbl_count(self.pages) >= PAGES then
      self.pages = {}
    end
    self.pages[first] = answer
    self:arrive(step, answer)
  end)
end

---@private
---@param step integer
---@param page table that has it
function Run:arrive(step, page)
  local board, actions = Run.board_of(page.world), page.actions
  for number = 1, step - page.from do
    local done = page.steps[number]
    actions = actions + (done.kind == 'action' and 1 or 0)
    local cell = done.robot.row * board.cols + done.robot.col
    board.markers[cell] = (board.markers[cell] or 0) + done.markerChange
  end
  self.step, self.actions, self.board, self.coming = step, actions, board, page.steps[step - page.from + 1]
  board.robot = self.coming and self.coming.robot or board.robot
  self.shown()
end

--- Goes on (or back) to the nearest step that is no deeper in calls than this one (`over`), or less deep (`out`).
---@param how 'over'|'out'
---@param backwards boolean
function Run:seek(how, backwards)
  local depth = (self.coming and self.coming.depth or 0) - (how == 'out' and 1 or 0)
  if depth < 0 then
    self:go(backwards and 0 or self.recording.length)
    return
  end
  local params = { id = self.recording.id, from = self.step, backwards = backwards, depth = depth }
  self:ask('karel/recordingSeek', params, function(answer)
    local step = answer.step
    self:go(type(step) == 'number' and step or backwards and 0 or self.recording.length)
  end)
end

return Run
