-- Neovim as a person sees it: started in a terminal of this Neovim, typed into, and read from its screen.
local Terminal = {}
Terminal.__index = Terminal

--- What keys send.
local KEYS = { Enter = '\r', Escape = '\27', Tab = '\t', Back = '\127', Next = '\14', Take = '\25' }

--- Milliseconds between two keys: a quick typist's.
local PAUSE = 60

--- Starts Neovim in `folder` with the tests' configuration, on a screen of 80 columns and 24 rows. `t` is a test's.
--- `story` names the files that keep what the screen showed.
function Terminal.start(t, story, folder)
  vim.cmd('enew')
  local self = setmetatable({ t = t, story = story, shots = 0 }, Terminal)
  self.buffer = vim.api.nvim_get_current_buf()
  local command = { vim.v.progpath, '--clean', '-n', '-i', 'NONE', '-u', vim.g.karel_root .. '/tests/nvim/init.lua' }
  self.channel = vim.fn.jobstart(command, { term = true, cwd = folder, env = { TERM = 'xterm-256color', NVIM = '' } })
  t.ok(self.channel > 0, 'Neovim does not start in a terminal')
  return self
end

--- The screen's text.
function Terminal:screen()
  local lines = vim.api.nvim_buf_get_lines(self.buffer, -vim.api.nvim_win_get_height(0) - 1, -1, false)
  return table.concat(lines, '\n')
end

--- Types the text key by key.
function Terminal:type(text)
  for index = 0, vim.fn.strchars(text) - 1 do
    vim.fn.chansend(self.channel, vim.fn.strcharpart(text, index, 1))
    vim.wait(PAUSE, function()
      return false
    end)
  end
end

--- Presses keys of `KEYS`.
function Terminal:press(...)
  for _, key in ipairs({ ... }) do
    self:type(KEYS[key])
  end
end

--- Waits until the screen shows the text, and keeps what it shows in a file that tells where in the story it is.
function Terminal:sees(text, name)
  local ok, problem = pcall(self.t.wait, ('%q'):format(text), function()
    return self:screen():find(text, 1, true)
  end)
  self.shots = self.shots + 1
  local file = ('%s/%s-%02d-%s.txt'):format(vim.env.KAREL_TEST_OUTPUT, self.story, self.shots, name)
  vim.fn.writefile(vim.split(self:screen(), '\n'), file)
  self.t.ok(ok, ('%s; the screen is in %s'):format(problem, file))
end

--- That the screen doesn't show it now.
function Terminal:lacks(text)
  self.t.ok(not self:screen():find(text, 1, true), ('%q is on the screen:\n%s'):format(text, self:screen()))
end

function Terminal:stop()
  vim.fn.jobstop(self.channel)
  vim.fn.jobwait({ self.channel })
  vim.cmd('bwipeout!')
end

return Terminal
