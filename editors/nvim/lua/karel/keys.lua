--- Keys of Karel buffers. Each has a `<Plug>` name, and a default where neither is mapped by the user.
local M = {}

---@class karel.Key
---@field name string `<Plug>(karel-NAME)`
---@field keys string[] defaults
---@field call string function of the module `karel`
---@field desc string

---@type karel.Key[]
M.all = {
  { name = 'fix', keys = { '<LocalLeader>f', 'grf' }, call = 'fix', desc = 'fix what is marked on this line' },
  { name = 'lens', keys = { '<LocalLeader>x', 'grx' }, call = 'lens', desc = 'run the lens of this line' },
  {
    name = 'synthesize',
    keys = { '<LocalLeader>s' },
    call = 'synthesize',
    desc = 'write the program or fill the hole',
  },
  { name = 'next', keys = { '<LocalLeader>n' }, call = 'next_solution', desc = 'show the next solution' },
  { name = 'test', keys = { '<LocalLeader>t' }, call = 'test', desc = 'run every example' },
  { name = 'trace', keys = { '<LocalLeader>r' }, call = 'show_trace', desc = "show the example's run" },
  { name = 'world', keys = { '<LocalLeader>w' }, call = 'show_world', desc = "step through the example's run" },
  { name = 'explain', keys = { '<LocalLeader>e' }, call = 'explain', desc = 'explain what is marked here' },
  { name = 'cancel', keys = { '<LocalLeader>c' }, call = 'cancel', desc = 'cancel the synthesis' },
}

--- Makes the `<Plug>` names.
function M.name()
  for _, key in ipairs(M.all) do
    vim.keymap.set('n', ('<Plug>(karel-%s)'):format(key.name), function()
      require('karel')[key.call]()
    end, { desc = 'Karel: ' .. key.desc })
  end
end

--- Maps the defaults in a buffer.
---@param bufnr integer
function M.map(bufnr)
  if vim.g.karel_maps == false then
    return
  end
  for _, key in ipairs(M.all) do
    local plug = ('<Plug>(karel-%s)'):format(key.name)
    if vim.fn.hasmapto(plug, 'n') == 0 then
      for _, keys in ipairs(key.keys) do
        if vim.fn.maparg(keys, 'n') == '' then
          vim.keymap.set('n', keys, plug, { buffer = bufnr, remap = true, desc = 'Karel: ' .. key.desc })
        end
      end
    end
  end
end

--- Takes the defaults away again.
---@param bufnr integer
function M.unmap(bufnr)
  for _, key in ipairs(M.all) do
    for _, keys in ipairs(key.keys) do
      local mapped = vim.fn.maparg(keys, 'n', false, true)
      if mapped.buffer == 1 and mapped.rhs == ('<Plug>(karel-%s)'):format(key.name) then
        vim.keymap.del('n', keys, { buffer = bufnr })
      end
    end
  end
end

return M
